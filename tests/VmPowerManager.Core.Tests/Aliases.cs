// The tests' short names for what lives in the virtual world.
global using Issued = VmPowerManager.Core.Simulation.Issued;
global using Readings = VmPowerManager.Core.Simulation.VirtualReadings;
global using SimGuest = VmPowerManager.Core.Simulation.VirtualGuest;
global using SimHost = VmPowerManager.Core.Simulation.VirtualHost;
global using SimUps = VmPowerManager.Core.Simulation.VirtualUps;
