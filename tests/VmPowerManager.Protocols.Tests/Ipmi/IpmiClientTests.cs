using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ipmi;

namespace VmPowerManager.Protocols.Tests.Ipmi;

/// <summary>Against OpenIPMI's simulator, which knows cipher suite 3 and not 17.</summary>
public sealed class IpmiClientTests(IpmiLab lab)
{
    private readonly IpmiClient _client = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IpmiEndpoint Oper => new("127.0.0.1", lab.Port, IpmiLab.User, IpmiLab.Password);

    [Fact]
    public async Task Status_TellsPowerAndRestorePolicy_AndTheSuiteIsRemembered()
    {
        await lab.RequireAsync();
        Assert.Null(_client.SuiteOf(Oper));

        Assert.Equal(
            new IpmiStatus(true, IpmiRestorePolicy.AlwaysOff, LastEventAcFailed: false),
            await _client.StatusAsync(Oper, Ct)
        );

        Assert.Equal(3, _client.SuiteOf(Oper));
        await lab.RunAsync("power", "0");
        Assert.False((await _client.StatusAsync(Oper, Ct)).On);
    }

    [Fact]
    public async Task Guid_IsTheMachines_OrNone()
    {
        await lab.RequireAsync();

        var told = await _client.GuidAsync(Oper, Ct);

        Assert.True(told is null || System.Guid.TryParse(told, out _), told);
        Assert.Equal(
            "31303043-534d-2500-90d8-7a5d00000000",
            IpmiStatus.Guid("System GUID   : 31303043-534d-2500-90d8-7a5d00000000\nGUID Encoding : SMBIOS\n")
        );
        Assert.Null(IpmiStatus.Guid("System GUID   : \n"));
    }

    [Theory]
    [InlineData(IpmiVerb.HardOff, 1, false, "set power 0")]
    [InlineData(IpmiVerb.SoftOff, 1, false, "set shutdown 1")]
    [InlineData(IpmiVerb.On, 0, true, "set power 1")]
    public async Task Power_IsTold_AndSeenInTheStatus(IpmiVerb verb, int before, bool after, string told)
    {
        await lab.RequireAsync();
        await lab.RunAsync("power", $"{before}");

        await _client.PowerAsync(Oper, verb, Ct);

        Assert.Equal(told, lab.Told[^1]);
        for (var i = 0; i < 50 && (await _client.StatusAsync(Oper, Ct)).On != after; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        Assert.Equal(after, (await _client.StatusAsync(Oper, Ct)).On);
    }

    [Fact]
    public async Task SoftOff_OfASystemThatIgnoresIt_IsAcceptedAllTheSame()
    {
        await lab.RequireAsync();
        await lab.RunAsync("soft", "never");

        await _client.PowerAsync(Oper, IpmiVerb.SoftOff, Ct);

        Assert.True((await _client.StatusAsync(Oper, Ct)).On);
    }

    [Theory]
    [InlineData("oper", "wrong", DeviceFault.AuthenticationFailed, "HMAC is invalid")]
    [InlineData("nobody", "wrong", DeviceFault.AuthenticationFailed, "unauthorized name")]
    [InlineData("oper", "much-too-long-for-a-controller", DeviceFault.AuthenticationFailed, "at most 20 bytes")]
    [InlineData("a-name-that-is-long", "x", DeviceFault.AuthenticationFailed, "at most 16 bytes")]
    public async Task WrongLogin_IsToldApart(string user, string password, DeviceFault fault, string words)
    {
        await lab.RequireAsync();

        var e = await Failed(Oper with { UserName = user, Password = password });

        Assert.Equal(fault, e.Fault);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SuiteThatItDoesNotKnow_IsRefusedWithItsWords()
    {
        await lab.RequireAsync();

        var e = await Failed(Oper with { CipherSuite = 17 });

        Assert.Equal(DeviceFault.Refused, e.Fault);
        Assert.Contains("invalid authentication algorithm", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentController_IsUnreachable()
    {
        await lab.RequireAsync();
        await lab.RunAsync("freeze");
        try
        {
            var e = await Failed(Oper);

            Assert.Equal(DeviceFault.Unreachable, e.Fault);
            Assert.StartsWith($"no answer from 127.0.0.1:{lab.Port}", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            await lab.RunAsync("thaw");
        }
    }

    [Fact]
    public async Task NameThatIsNone_IsNotResolved()
    {
        var e = await Failed(Oper with { Host = "no-such-name.invalid" });

        Assert.Equal((DeviceFault.Unreachable, "name not resolved: no-such-name.invalid"), (e.Fault, e.Message));
    }

    private Task<DeviceException> Failed(IpmiEndpoint endpoint) =>
        Assert.ThrowsAsync<DeviceException>(() => _client.StatusAsync(endpoint, Ct));
}
