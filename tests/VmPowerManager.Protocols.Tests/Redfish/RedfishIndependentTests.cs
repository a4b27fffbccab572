using VmPowerManager.Lab;
using VmPowerManager.Lab.Redfish;

namespace VmPowerManager.Protocols.Tests.Redfish;

/// <summary>Clients that others wrote drive our stand-in, so that it does not merely agree with us.</summary>
public sealed class RedfishIndependentTests
{
    private const string Sushy = """
        import sys, time, urllib3, sushy
        urllib3.disable_warnings()
        root = sushy.Sushy(sys.argv[1], username="oper", password=sys.argv[2], verify=False)
        system = root.get_system()
        print(system.identity, system.power_state, sorted(v.value for v in system.get_allowed_reset_system_values()))
        system.reset_system(sushy.RESET_FORCE_OFF)
        for _ in range(100):
            system.refresh()
            if system.power_state == sushy.POWER_STATE_OFF:
                break
            time.sleep(0.05)
        print(system.power_state)
        try:
            sushy.Sushy(sys.argv[1], username="oper", password="wrong", verify=False).get_system()
        except sushy.exceptions.AccessError as e:
            print("refused", e.status_code)
        """;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Sushy_LogsIn_LooksAndSwitches(bool sessions, bool actionInfo)
    {
        Require("/usr/lib/python3/dist-packages/sushy", "python3-sushy");
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.HasSessions = sessions;
        bmc.System.ByActionInfo = actionInfo;

        var said = await PythonAsync("-c", Sushy, bmc.Url.ToString().TrimEnd('/'), FakeRedfish.Password);

        Assert.StartsWith("System.Embedded.1 PowerState.ON [", said, StringComparison.Ordinal);
        Assert.Contains("ForceOff", said, StringComparison.Ordinal);
        Assert.EndsWith("PowerState.OFF\nrefused 401\n", said, StringComparison.Ordinal);
        Assert.Equal(["ForceOff"], bmc.System.Told);
    }

    [Fact]
    public async Task Redfishtool_LogsIn_LooksAndSwitches()
    {
        Require("/usr/bin/redfishtool", "redfishtool");
        await using var bmc = await FakeRedfish.StartAsync();

        Assert.Contains("\"PowerState\": \"On\"", await ToolAsync(bmc, "get"), StringComparison.Ordinal);
        await ToolAsync(bmc, "reset", "GracefulShutdown");

        Assert.Equal(["GracefulShutdown"], bmc.System.Told);
        Assert.Empty(bmc.OpenSessions);
    }

    private static Task<string> ToolAsync(FakeRedfish bmc, params string[] order) =>
        PythonAsync([
            "/usr/bin/redfishtool",
            .. new[] { "-r", bmc.Url.Authority, "-u", "oper", "-p", FakeRedfish.Password },
            .. new[] { "-S", "Always", "-A", "Session", "-n", "Systems", "-F" },
            .. order,
        ]);

    /// <summary>The environment's certificates would stand before "do not verify".</summary>
    private static Task<string> PythonAsync(params string[] arguments) =>
        SshLab.RunAsync(
            "env",
            ["-u", "REQUESTS_CA_BUNDLE", "-u", "CURL_CA_BUNDLE", "-u", "https_proxy", "/usr/bin/python3", .. arguments]
        );

    private static void Require(string path, string package)
    {
        if (Path.Exists(path))
            return;
        if (Environment.GetEnvironmentVariable("LAB") == "required")
            Assert.Fail($"The lab is required: {package} is not installed");
        Assert.Skip($"{package} is not installed");
    }
}
