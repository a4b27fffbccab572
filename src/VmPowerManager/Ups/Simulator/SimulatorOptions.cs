using System.Net;

namespace VmPowerManager.Ups.Simulator;

/// <summary>The simulator's settings: off unless somebody asks for devices.</summary>
/// <param name="Upses">How many simulated UPSes there are; 0 switches the simulator off.</param>
/// <param name="NutPort">Loopback port of its NUT server; 0 takes any free one.</param>
/// <param name="SnmpPort">Loopback port of its first SNMP agent, the next has the next; 0 takes any free ones.</param>
/// <param name="TrapsTo">Who gets the agents' traps; null: nobody.</param>
internal sealed record SimulatorOptions(int Upses, int NutPort, int SnmpPort, IPEndPoint? TrapsTo)
{
    public const int MostUpses = 100;

    public bool IsOn => Upses > 0;

    public static SimulatorOptions Of(IConfiguration configuration) =>
        new(
            Math.Clamp(configuration.GetValue("Simulator:Upses", 0), 0, MostUpses),
            configuration.GetValue("Simulator:NutPort", 0),
            configuration.GetValue("Simulator:SnmpPort", 0),
            IPEndPoint.TryParse(configuration["Simulator:TrapsTo"] ?? "", out var receiver) ? receiver : null
        );
}
