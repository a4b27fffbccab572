using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>One upsd with two dummy UPSes for all tests of a class. Without NUT they are skipped, or fail where
/// LAB=required.</summary>
public sealed class NutLab : IAsyncLifetime
{
    private const string Device = """
        device.mfr: Lab
        device.model: Dummy
        device.serial: LAB0001
        ups.mfr: Lab
        ups.status: OL
        ups.load: 23
        battery.charge: 100
        battery.charge.low: 20
        battery.runtime: 1800
        battery.runtime.low: 120
        input.voltage: 230.1
        output.voltage: 230.0

        """;

    private UpsdLab? _upsd;

    public static bool Required => UpsdLab.IsRequired;

    /// <summary>SHA-256 of the server's certificate; null where the tools to give upsd one are missing.</summary>
    public string? Fingerprint => _upsd?.Fingerprint;

    public NutEndpoint Reader => new("127.0.0.1", _upsd?.Port ?? 0);
    public NutEndpoint Admin => User(UpsdLab.Admin, UpsdLab.AdminPassword);

    public NutEndpoint User(string name, string password) => Reader with { UserName = name, Password = password };

    public async ValueTask InitializeAsync()
    {
        if (UpsdLab.Missing() is null)
            _upsd = await UpsdLab.StartAsync(
                new Dictionary<string, string> { ["ups1"] = Device, ["ups2"] = Device },
                tls: UpsdLab.Missing(tls: true) is null
            );
    }

    public ValueTask DisposeAsync() => _upsd?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>To be called first by every test.</summary>
    public static void SkipUnlessThere(bool tls = false) => UpsdLab.Require(tls);

    /// <summary>Freezes the driver of a device, or lets it go on.</summary>
    public void Freeze(string ups, bool frozen) => _upsd?.Freeze(ups, frozen);
}
