namespace VmPowerManager.Ups.Simulator;

/// <summary>The simulator's settings: off unless somebody asks for devices.</summary>
/// <param name="Upses">How many simulated UPSes there are; 0 switches the simulator off.</param>
/// <param name="NutPort">Loopback port of its NUT server; 0 takes any free one.</param>
internal sealed record SimulatorOptions(int Upses, int NutPort)
{
    public const int MostUpses = 100;

    public bool IsOn => Upses > 0;

    public static SimulatorOptions Of(IConfiguration configuration) =>
        new(
            Math.Clamp(configuration.GetValue("Simulator:Upses", 0), 0, MostUpses),
            configuration.GetValue("Simulator:NutPort", 0)
        );
}
