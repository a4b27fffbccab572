using CsCheck;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ipmi;

namespace VmPowerManager.Protocols.Tests.Ipmi;

/// <summary>A stand-in for the program, for what the real one does not do on demand.</summary>
public sealed class IpmiProcessTests : IDisposable
{
    private const string Secret = "canary-4711";
    private readonly string _folder = Directory.CreateTempSubdirectory("vmpm-ipmitool-").FullName;

    private static IpmiEndpoint Bmc => new("127.0.0.1", 623, "oper", Secret);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Absent_SaysWhatToInstall()
    {
        var e = await Failed(new IpmiClient(TimeProvider.System, "no-such-ipmitool"));

        Assert.Equal(DeviceFault.Unsupported, e.Fault);
        Assert.Contains("install the package ipmitool", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_GoesByTheEnvironment_AndNothingElseOfOursDoes()
    {
        Environment.SetEnvironmentVariable("VMPM_TEST_ELSE", "other-secret");
        var client = await ProgramAsync(
            """tr '\0' '\n' </proc/$$/cmdline >"$0.args"; env >"$0.env"; echo "System Power : on" """
        );

        await client.StatusAsync(Bmc, Ct);

        Assert.DoesNotContain(Secret, Said("args"), StringComparison.Ordinal);
        Assert.Contains($"IPMITOOL_PASSWORD={Secret}", Said("env"), StringComparison.Ordinal);
        Assert.DoesNotContain("other-secret", Said("env"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_TheProgramAndItsChildrenEnd()
    {
        var client = await ProgramAsync("""sleep 600 & echo $! >"$0.child"; wait""");
        using var stop = new CancellationTokenSource();
        var asked = client.StatusAsync(Bmc, stop.Token);
        while (!File.Exists(Path.Combine(_folder, "tool.child")) || Said("child").Length == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        var status = $"/proc/{Said("child").Trim()}/status";
        for (var i = 0; i < 250 && Lives(status); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        Assert.False(Lives(status));
    }

    [Fact]
    public async Task EndlessOutput_IsReadToItsEndAndDropped()
    {
        var client = await ProgramAsync("""echo "System Power : off"; head -c 5000000 /dev/zero | tr '\0' x; exit 0""");

        Assert.False((await client.StatusAsync(Bmc, Ct)).On);
    }

    [Fact]
    public async Task Suites_AreTried_StrongFirst_AndTheOneThatWorkedIsKept()
    {
        var client = await ProgramAsync(
            """
            echo "$*" >>"$0.runs"
            case "$*" in *"-C 17"*) echo "Error: Unable to establish IPMI v2 / RMCP+ session" >&2; exit 1;; esac
            echo "System Power : on"
            """
        );

        await client.StatusAsync(Bmc, Ct);
        await client.StatusAsync(Bmc, Ct);

        Assert.Equal(
            ["-C 17", "-C 3 ", "-C 3 "],
            Said("runs")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l[l.IndexOf("-C", StringComparison.Ordinal)..][..5])
        );
    }

    [Fact]
    public async Task WrongPassword_IsNotTriedAgainWithAnotherSuite()
    {
        var client = await ProgramAsync(
            """
            echo x >>"$0.runs"
            echo "> RAKP 2 HMAC is invalid" >&2; echo "Error: Unable to establish IPMI v2 / RMCP+ session" >&2; exit 1
            """
        );

        Assert.Equal(DeviceFault.AuthenticationFailed, (await Failed(client)).Fault);
        Assert.Equal("x\n", Said("runs"));
    }

    [Fact]
    public async Task TooLittlePrivilege_IsToldInItsWords()
    {
        var client = await ProgramAsync(
            """
            echo "Invalid completion code received: Insufficient privilege level" >&2
            echo "Set Chassis Power Control to Down/Off failed: Insufficient privilege level" >&2; exit 1
            """
        );

        var e = await Failed(client);

        Assert.Equal(DeviceFault.AuthenticationFailed, e.Fault);
        Assert.EndsWith(
            "Set Chassis Power Control to Down/Off failed: Insufficient privilege level",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AnotherAnswer_IsAProtocolError() =>
        Assert.Equal(DeviceFault.ProtocolError, (await Failed(await ProgramAsync("echo hello"))).Fault);

    [Theory]
    [InlineData("System Power : on\nPower Restore Policy : always-on", true, IpmiRestorePolicy.AlwaysOn, false)]
    [InlineData("System Power : off\nPower Restore Policy : previous", false, IpmiRestorePolicy.Previous, false)]
    [InlineData("System Power : off\nLast Power Event : ac-failed", false, IpmiRestorePolicy.Unknown, true)]
    [InlineData("System Power : unknown", null, IpmiRestorePolicy.Unknown, false)]
    public void Status_IsRead(string text, bool? on, IpmiRestorePolicy policy, bool acFailed) =>
        Assert.Equal(new IpmiStatus(on, policy, acFailed), IpmiStatus.Parse(text));

    [Fact]
    public void Status_OfAnyText_IsReadOrRefused() =>
        Gen.String.Sample(
            text =>
            {
                try
                {
                    IpmiStatus.Parse("System Power" + text);
                }
                catch (DeviceException e)
                {
                    Assert.Equal(DeviceFault.ProtocolError, e.Fault);
                }
                IpmiFailure.Of(Bmc, new IpmiOutput(1, text, text));
            },
            iter: 5000
        );

    private async Task<IpmiClient> ProgramAsync(string script)
    {
        var path = Path.Combine(_folder, "tool");
        await File.WriteAllTextAsync($"{path}.sh", $"#!/bin/bash\n{script}\n", Ct);
        // Written by another process: a file that is open for writing in one of our children cannot be run.
        await SshLab.RunAsync("install", "-m", "755", $"{path}.sh", path);
        return new IpmiClient(TimeProvider.System, path);
    }

    private string Said(string what) => File.ReadAllText(Path.Combine(_folder, $"tool.{what}"));

    private static bool Lives(string status) =>
        File.Exists(status) && !File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal);

    private static Task<DeviceException> Failed(IpmiClient client) =>
        Assert.ThrowsAsync<DeviceException>(() => client.StatusAsync(Bmc, Ct));
}
