using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Nut;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>Devices of a lab, and the driver that reads them.</summary>
internal static class NutLabDevices
{
    private const string Device = """
        device.mfr: Lab
        device.model: Dummy
        ups.status: OL
        ups.alarm: Replace battery!
        ups.load: 23
        battery.charge: 100
        battery.charge.low: 20
        battery.runtime: 1800
        input.voltage: 230.1

        """;

    public static Dictionary<string, string> Some(int count) =>
        Enumerable.Range(1, count).ToDictionary(i => $"ups{i}", _ => Device);

    public static NutDriver Driver() => new(new NutConnectionPool(TimeProvider.System), TimeProvider.System);

    public static NutSession Open(
        this NutDriver driver,
        UpsdLab lab,
        string ups,
        string? user = null,
        string? password = null,
        string? fingerprint = null
    ) => (NutSession)driver.Open(Of(lab, ups, user, password, fingerprint));

    /// <param name="fingerprint">Null: no TLS; empty: any certificate.</param>
    public static UpsDevice Of(
        UpsdLab lab,
        string ups,
        string? user = null,
        string? password = null,
        string? fingerprint = null
    )
    {
        var block = new
        {
            host = "127.0.0.1",
            port = lab.Port,
            upsName = ups,
            userName = user,
            tls = fingerprint is null ? "off" : "startTls",
            certificateFingerprint = fingerprint is "" ? null : fingerprint,
        };
        var secrets = new Dictionary<string, string>();
        if (password is not null)
            secrets["nut.password"] = password;
        return new UpsDevice(1, ups, JsonSerializer.SerializeToElement(block, Json.Options), secrets);
    }
}
