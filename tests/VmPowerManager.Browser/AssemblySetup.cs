using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.LabPeers;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Lab))]
[assembly: AssemblyFixture(typeof(Chromium))]
