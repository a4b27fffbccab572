using System.Net;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Outlets;
using VmPowerManager.LabUps;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut.Server;

namespace VmPowerManager.Tests.Hosts;

/// <summary>Outlets behind a real upsd: with NUT's own SNMP driver in front of our stand-in for a PDU, and with its dummy driver;
/// both switch by setting a variable. Instant commands of outlets: by our own NUT server.</summary>
public sealed class NutOutletTests
{
    private static readonly BmcOrders Orders = new(TimeProvider.System);
    private static readonly NutOutletMethod Method = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>NUT 2.8.0 takes "off" from a client, serves it as the status, and sends the PDU the number 0, which that does not
    /// know: what a status says right after it was set is an echo.</summary>
    [Fact]
    public async Task SnmpDriver_ServesWhatWasSet_AndThatIsNotTakenForDone()
    {
        UpsdLab.RequireSnmp();
        await using var pdu = FakePdu.MasterSwitch();
        await using var nut = await UpsdLab.StartAsync(pdu.Port, FakePdu.Community);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(7), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Orders.OffAsync(Method, Host(nut, "rackpdu:2"), () => { }, limit.Token)
        );

        Assert.Equal(["2=0"], pdu.Told);
        Assert.Equal("VAR rackpdu outlet.2.status \"on\"", (await nut.AskAsync("GET VAR rackpdu outlet.2.status"))[0]);
    }

    [Fact]
    public async Task SnmpDriver_OutletThatIsOff_IsProof_AndIsToldToGivePower()
    {
        UpsdLab.RequireSnmp();
        await using var pdu = FakePdu.MasterSwitch();
        (pdu.On[1], pdu.On[2]) = (false, false);
        await using var nut = await UpsdLab.StartAsync(pdu.Port, FakePdu.Community);

        Assert.Equal(BmcPower.Off, (await Method.StateAsync(Host(nut, "rackpdu:2,3"), Ct)).Power);
        Assert.Equal(BmcPower.Unknown, (await Method.StateAsync(Host(nut, "rackpdu:2,4"), Ct)).Power);
        var words = await Method.WakeAsync(Host(nut, "rackpdu:2"), Ct);
        Assert.Contains("outlet rackpdu:2 was told to give power", words, StringComparison.Ordinal);
        Assert.Contains("nothing was asked", await Method.WakeAsync(Host(nut, "4"), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_TellsHowItWouldSwitch_AndSwitchesNothing()
    {
        UpsdLab.RequireSnmp();
        await using var pdu = FakePdu.MasterSwitch();
        await using var nut = await UpsdLab.StartAsync(pdu.Port, FakePdu.Community);

        var probe = await Method.ProbeAsync(Host(nut, "2,3"), Ct);

        Assert.Contains("rackpdu: outlet 2 on, outlet 3 on", probe.Checks[0].Detail, StringComparison.Ordinal);
        Assert.Equal("by outlet.2.status, outlet.3.status", Check(probe, "power").Detail);
        Assert.Equal(HostCheckState.Ok, Check(probe, "login").State);
        Assert.Empty(pdu.Told);

        // It may run commands, and nothing that could be tried without harm: no proof of either.
        var switcher = await Method.ProbeAsync(Host(nut, "2", "switcher", "switchpass"), Ct);
        Assert.Equal(HostCheckState.Warning, Check(switcher, "login").State);
    }

    [Fact]
    public async Task InstantCommands_AreTakenBeforeVariables_AndTheirFailureIsTold()
    {
        var strip = new CommandedStrip();
        await using var nut = NutServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0),
            [strip],
            [new NutServerUser(UpsdLab.Admin, UpsdLab.AdminPassword, MayControl: true)],
            TimeProvider.System
        );
        var host = Host(nut.EndPoint.Port, "2");

        await Orders.OffAsync(Method, host, () => { }, Ct);
        Assert.Equal(["outlet.2.load.off"], strip.Ran);
        Assert.Equal(BmcPower.Off, (await Method.StateAsync(host, Ct)).Power);
        Assert.Contains("has power", await Method.WakeAsync(host, Ct), StringComparison.Ordinal);
        Assert.Equal(["outlet.2.load.off", "outlet.2.load.on"], strip.Ran);

        strip.Verdict = NutVerdict.Failed;
        var e = await Assert.ThrowsAsync<DeviceException>(() => Method.SwitchAsync(host, BmcVerb.HardOff, Ct));
        Assert.Contains("outlet.2.load.off was accepted, but then: ERR FAILED", e.Message, StringComparison.Ordinal);

        var fixedOne = await Assert.ThrowsAsync<DeviceException>(() =>
            Method.SwitchAsync(Host(nut.EndPoint.Port, "3"), BmcVerb.HardOff, Ct)
        );
        Assert.Equal(DeviceFault.Unsupported, fixedOne.Fault);
        Assert.Contains("offers no outlet.3.load.off", fixedOne.Message, StringComparison.Ordinal);
    }

    /// <summary>A strip of one switched outlet.</summary>
    private sealed class CommandedStrip : INutDevice
    {
        private readonly Dictionary<string, string> _variables = new()
        {
            ["outlet.2.status"] = "on",
            ["outlet.3.status"] = "on",
        };

        public List<string> Ran { get; } = [];
        public NutVerdict Verdict { get; set; }
        public string Name => "strip";
        public string Description => "";
        public NutDeviceLink Link => NutDeviceLink.Ok;
        public IReadOnlyDictionary<string, string> Variables => _variables;
        public IReadOnlyList<NutWritable> Writable { get; } = [new("outlet.2.status", false, 3)];
        public IReadOnlyList<string> Commands { get; } = ["outlet.2.load.off", "outlet.2.load.on"];

        public string? Find(string variable) => _variables.GetValueOrDefault(variable);

        public NutVerdict Run(string command, string? value)
        {
            Ran.Add(command);
            if (Verdict == NutVerdict.Success)
                _variables["outlet.2.status"] = command.Split('.')[^1];
            return Verdict;
        }

        public NutVerdict Set(string variable, string value) => NutVerdict.Failed;

        public void Force() { }
    }

    [Fact]
    public async Task DriverWithoutCommands_IsToldByTheVariable_AndItsStatusDecides()
    {
        await using var nut = await DummyAsync();

        await Method.SwitchAsync(Host(nut, "pdu1:1"), BmcVerb.HardOff, Ct);

        Assert.Equal("VAR pdu1 outlet.1.switch \"off\"", (await nut.AskAsync("GET VAR pdu1 outlet.1.switch"))[0]);
        // The dummy's status does not follow: what was accepted is not what is so.
        Assert.Equal(BmcPower.Unknown, (await Method.StateAsync(Host(nut, "pdu1:1"), Ct)).Power);
        await nut.SetAsync("pdu1", "outlet.1.status", "off");
        Assert.Equal(BmcPower.Off, (await Method.StateAsync(Host(nut, "pdu1:1"), Ct)).Power);
        Assert.Equal(BmcPower.Unknown, (await Method.StateAsync(Host(nut, "pdu1:1,2"), Ct)).Power);
    }

    [Theory]
    [InlineData("pdu1:9", "admin", "adminpass", DeviceFault.Unsupported, "does not tell outlet.9.status")]
    [InlineData("2", "admin", "adminpass", DeviceFault.Refused, "several devices")]
    [InlineData("none:1", "admin", "adminpass", DeviceFault.Refused, "UNKNOWN-UPS")]
    [InlineData("pdu1:1", "admin", "canary-wrong", DeviceFault.AuthenticationFailed, "ACCESS-DENIED")]
    public async Task WhatStandsInTheWay_IsSaidInWords(
        string outlet,
        string user,
        string password,
        DeviceFault fault,
        string words
    )
    {
        await using var nut = await DummyAsync();

        var e = await Assert.ThrowsAsync<DeviceException>(() =>
            Orders.OffAsync(Method, Host(nut, outlet, user, password), () => { }, Ct)
        );

        Assert.Equal(fault, e.Fault);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_ThatIsNotTheServers_IsRefused()
    {
        UpsdLab.Require(tls: true);
        await using var nut = await UpsdLab.StartAsync(Devices(), tls: true);

        var right = await Method.StateAsync(Host(nut, "pdu1:1", certificate: nut.Fingerprint), Ct);
        var e = await Assert.ThrowsAsync<DeviceException>(() =>
            Method.StateAsync(Host(nut, "pdu1:1", certificate: new string('0', 64)), Ct)
        );

        Assert.Equal(BmcPower.Unknown, right.Power);
        Assert.Equal(DeviceFault.TrustChanged, e.Fault);
    }

    [Theory]
    [InlineData("5", null, new[] { 5 })]
    [InlineData(" rack : 5, 6", "rack", new[] { 5, 6 })]
    public void Outlets_AreNumbersAfterADevice(string text, string? device, int[] numbers)
    {
        var read = NutOutlets.Parse(text);

        Assert.Equal(device, read?.Device);
        Assert.Equal(numbers, read?.Numbers);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rack:")]
    [InlineData(":5")]
    [InlineData("0")]
    [InlineData("5;6")]
    [InlineData("1,2,3,4,5,6,7,8,9")]
    public void Outlets_ThatAreNone_AreNull(string? text) => Assert.Null(NutOutlets.Parse(text));

    private static async Task<UpsdLab> DummyAsync()
    {
        UpsdLab.Require();
        return await UpsdLab.StartAsync(Devices());
    }

    private static Dictionary<string, string> Devices()
    {
        const string pdu = """
            device.type: pdu
            ups.status: OL
            outlet.1.switch: on
            outlet.1.status: on
            outlet.2.switch: on
            outlet.2.status: on
            outlet.3.status: on

            """;
        return new() { ["pdu1"] = pdu, ["pdu2"] = pdu };
    }

    private static HostCheck Check(WakeProbe probe, string name) => Assert.Single(probe.Checks, c => c.Name == name);

    private static WakeDevice Host(
        UpsdLab nut,
        string outlet,
        string user = UpsdLab.Admin,
        string password = UpsdLab.AdminPassword,
        string? certificate = null
    ) => Host(nut.Port, outlet, user, password, certificate);

    private static WakeDevice Host(
        int port,
        string outlet,
        string user = UpsdLab.Admin,
        string password = UpsdLab.AdminPassword,
        string? certificate = null
    ) =>
        new(
            "h1",
            new WakeSettings
            {
                Method = "nutOutlet",
                Host = "127.0.0.1",
                Port = port,
                UserName = user,
                Outlet = outlet,
                CertificateFingerprint = certificate,
            },
            password
        );
}
