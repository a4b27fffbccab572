using System.Net;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Tests.Nut;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

public sealed class WsmanFaultTests
{
    [Fact]
    public async Task Run_WrongPassword_IsAuthenticationFailedAndSaysWhatIsOffered()
    {
        await using var bench = await WsmanBench.StartAsync(password: "canary-wrong-1");

        var fault = await bench.FaultAsync();

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("Negotiate, Basic", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w:AccessDenied", "5", DeviceFault.AuthenticationFailed)]
    [InlineData("w:AccessDenied", null, DeviceFault.AuthenticationFailed)]
    [InlineData("a:DestinationUnreachable", "2150858778", DeviceFault.Unsupported)]
    [InlineData("w:InternalError", "2150858999", DeviceFault.Refused)]
    [InlineData("w:QuotaLimit", "2150859173", DeviceFault.Refused)]
    [InlineData("w:TimedOut", "2150858793", DeviceFault.Timeout)]
    public async Task Create_Fault_BecomesItsKindWithTheServicesWords(string subcode, string? code, DeviceFault kind)
    {
        await using var bench = await WsmanBench.StartAsync(tls: false);
        bench.Server.Before = (_, context) =>
            Said(Answers.SayAsync(context, Answers.Fault(subcode, code, "No,\n   not  <b>now</b>."), 500));

        var fault = Assert.IsType<WsmanException>(await bench.FaultAsync());

        Assert.Equal(kind, fault.Fault);
        Assert.StartsWith("No, not now.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(code, fault.Code?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(fault.Begun);
    }

    [Fact]
    public async Task Create_QuotaOfShells_SaysWhereToLook()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Shells.MostShells = 0;

        var fault = await bench.FaultAsync();

        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains("maximum number of 0 concurrent shells", fault.Message, StringComparison.Ordinal);
        Assert.Contains("winrm get winrm/config/winrs", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, DeviceFault.AuthenticationFailed)]
    [InlineData(404, DeviceFault.ProtocolError)]
    [InlineData(302, DeviceFault.ProtocolError)]
    [InlineData(500, DeviceFault.Refused)]
    [InlineData(503, DeviceFault.Refused)]
    public async Task Create_NoFaultButAStatus_IsNotSilence(int status, DeviceFault kind)
    {
        await using var bench = await WsmanBench.StartAsync(tls: false);
        bench.Server.Before = (_, context) => Said(Answers.SayAsync(context, "", status));

        Assert.Equal(kind, (await bench.FaultAsync()).Fault);
    }

    [Theory]
    [InlineData("<html><body>Welcome</body></html>")]
    [InlineData("<a>")]
    [InlineData("not xml")]
    [InlineData(
        "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'>&a;</s:Envelope>"
    )]
    [InlineData("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope>")]
    public async Task Create_NotWsManagement_IsProtocolError(string answer)
    {
        await using var bench = await WsmanBench.StartAsync(tls: false);
        bench.Server.Before = (_, context) => Said(Answers.SayAsync(context, answer));

        Assert.Equal(DeviceFault.ProtocolError, (await bench.FaultAsync()).Fault);
    }

    [Fact]
    public async Task Receive_AnswerWithoutEnd_IsProtocolErrorOfABegunCommand()
    {
        await using var bench = await WsmanBench.StartAsync(WsmanLimits.Default with { AnswerBytes = 200_000 });
        bench.Server.Before = (verb, context) =>
            verb == "Receive"
                ? Said(Answers.SayAsync(context, Answers.Envelope(new string(' ', 300_000))))
                : Task.FromResult(false);

        var fault = Assert.IsType<WsmanException>(await bench.FaultAsync());

        Assert.Equal(DeviceFault.ProtocolError, fault.Fault);
        Assert.True(fault.Begun);
    }

    [Fact]
    public async Task Receive_ConnectionLost_TellsThatTheCommandHadBegun()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Before = (verb, context) =>
        {
            if (verb == "Receive")
                context.Abort();
            return Task.FromResult(verb == "Receive");
        };

        var fault = Assert.IsType<WsmanException>(await bench.FaultAsync());

        Assert.True(fault.Begun);
        Assert.Contains("connection lost", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_ConnectionLost_TheCommandGoesOn()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Before = (verb, context) =>
        {
            if (verb == "Receive")
                context.Abort();
            return Task.FromResult(verb == "Receive");
        };
        var file = Path.GetTempFileName();

        await bench.FaultAsync($"sleep 0.3; echo done >{file}");

        await Eventually.TrueAsync(() => File.ReadAllText(file) == "done\n", "it ran to its end");
        Assert.DoesNotContain("Delete", bench.Server.Actions);
        File.Delete(file);
    }

    [Fact]
    public async Task Signal_ConnectionLost_TheResultStands()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Before = (verb, context) =>
        {
            if (verb == "Signal")
                context.Abort();
            return Task.FromResult(verb == "Signal");
        };

        Assert.Equal("going down\n", (await bench.RunAsync("echo going down")).Output);
        Assert.Equal("again\n", (await bench.RunAsync("echo again")).Output);
    }

    [Fact]
    public async Task Command_ConnectionLost_IsNotBegun()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Before = (verb, context) =>
        {
            if (verb == "Command")
                context.Abort();
            return Task.FromResult(verb == "Command");
        };

        Assert.False(await bench.FaultAsync() is WsmanException { Begun: true });
    }

    [Fact]
    public async Task Run_NoAnswerToARequest_IsTimeout()
    {
        var limits = WsmanLimits.Default with
        {
            Operation = TimeSpan.FromMilliseconds(50),
            Grace = TimeSpan.FromMilliseconds(50),
        };
        await using var bench = await WsmanBench.StartAsync(limits, tls: false);
        bench.Server.Before = async (_, context) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            return true;
        };

        Assert.Equal(DeviceFault.Timeout, (await bench.FaultAsync()).Fault);
    }

    [Fact]
    public async Task Run_OtherCertificate_IsTrustChangedAndSaysNothing()
    {
        await using var bench = await WsmanBench.StartAsync();
        await using var other = await WinrmServer.StartAsync(
            "/usr/bin",
            new NetworkCredential(WsmanBench.User, WsmanBench.Password),
            WinrmServer.NewCertificate()
        );
        var endpoint = bench.Endpoint with { Port = other.Port };
        await using var pool = new WsmanClientPool(WsmanLimits.Default, TimeProvider.System);

        var fault = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            pool.RunAsync(endpoint, "true", [], TestContext.Current.CancellationToken)
        );

        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);
        Assert.Empty(other.Actions);
    }

    [Fact]
    public async Task Run_NobodyListens_IsUnreachable()
    {
        await using var bench = await WsmanBench.StartAsync();
        await bench.Server.DisposeAsync();

        var fault = await bench.FaultAsync();

        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.Contains("connection refused", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> Said(Task saying)
    {
        await saying;
        return true;
    }
}
