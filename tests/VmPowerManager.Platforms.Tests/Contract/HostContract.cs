using System.Text;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Contract;

/// <summary>What every platform driver keeps. Calls go through <see cref="DeviceCall"/>, as the program makes
/// them.</summary>
public abstract class HostContract(IPlatformPeer peer) : IAsyncLifetime
{
    private const string OtherFingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private readonly Drivers _drivers = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected IHostDriver Driver => _drivers.Of(peer.Platform);

    protected HostDevice Host => peer.Device(new());

    public async ValueTask InitializeAsync() => await peer.ReadyAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _drivers.DisposeAsync();
    }

    [Fact]
    public async Task Probe_AllWell_IsOkAndShowsWhatThePeerIsKnownBy()
    {
        var probe = await OkAsync(ct => Driver.ProbeAsync(Host, ct));

        Assert.True(probe.Ok, string.Join("; ", probe.Checks));
        Assert.All(probe.Checks, c => Assert.NotEmpty(c.Detail));
        Assert.StartsWith(
            "SHA256:",
            probe.HostKeyFingerprint ?? probe.CertificateFingerprint,
            StringComparison.Ordinal
        );
        Assert.False(await peer.ShutdownSeenAsync());
    }

    [Fact]
    public async Task Probe_SomethingMissing_NamesItAndSaysMore()
    {
        var (host, name) = peer.Lacking();

        var probe = await OkAsync(ct => Driver.ProbeAsync(host, ct));

        var check = probe.Checks.First(c => c.State == HostCheckState.Failed);
        Assert.Equal(name, check.Name);
        Assert.True(check.Detail.Length > 10, check.Detail);
        Assert.Contains(probe.Checks, c => c.State == HostCheckState.Ok);
    }

    [Fact]
    public async Task States_HostIsUp_HasARealm() =>
        Assert.NotEmpty((await OkAsync(ct => Driver.GetStatesAsync(Host, ct))).Realm);

    [Fact]
    public async Task WrongCredentials_AreAuthenticationFailedNeverSilence()
    {
        var host = peer.Device(new() { WrongSecret = true });

        var states = await CallAsync(ct => Driver.GetStatesAsync(host, ct));
        var probe = await OkAsync(ct => Driver.ProbeAsync(host, ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, states.Fault);
        Assert.Equal("login", probe.Checks.Single(c => c.State == HostCheckState.Failed).Name);
    }

    [Fact]
    public virtual async Task PortRefused_IsUnreachableInTheWordsThatTheEngineKnows()
    {
        var states = await CallAsync(ct =>
            Driver.GetStatesAsync(peer.Device(new() { Port = LabFolder.FreePort() }), ct)
        );

        Assert.Equal(DeviceFault.Unreachable, states.Fault);
        Assert.StartsWith("connection refused", states.Words, StringComparison.Ordinal);
    }

    [Fact]
    public virtual async Task NobodyAnswers_IsUnreachableAtTheLimit()
    {
        using var mute = new MuteNetwork();

        var states = await CallAsync(ct => Driver.GetStatesAsync(peer.Device(new() { Port = mute.Port }), ct), 1.5);

        Assert.Equal((DeviceFault.Unreachable, "no answer within 1.5 s"), (states.Fault, states.Words));
    }

    [Fact]
    public async Task TrustChanged_NamesBothAndNothingIsSent()
    {
        var shown = await OkAsync(ct => Driver.ProbeAsync(Host, ct));
        var seen = (shown.HostKeyFingerprint ?? shown.CertificateFingerprint)!; // not null: a test of its own
        var other = peer.Device(new() { Fingerprint = OtherFingerprint });
        var before = await peer.ContactsAsync();

        var states = await CallAsync(ct => Driver.GetStatesAsync(other, ct));
        var command = await CallAsync(ct => Done(Driver.HostPowerAsync(other, HostVerb.Shutdown, ct)));
        var probe = await OkAsync(ct => Driver.ProbeAsync(other, ct));

        Assert.Equal((DeviceFault.TrustChanged, DeviceFault.TrustChanged), (states.Fault, command.Fault));
        Assert.Contains(OtherFingerprint, states.Words, StringComparison.Ordinal);
        Assert.Contains(seen, states.Words, StringComparison.Ordinal);
        Assert.Contains(probe.Blocked?.Name, (string[])["hostKey", "certificate"]);
        Assert.Equal(seen, probe.HostKeyFingerprint ?? probe.CertificateFingerprint);
        Assert.Equal(before, await peer.ContactsAsync());
        Assert.False(await peer.ShutdownSeenAsync());
    }

    [Fact]
    public async Task PinnedPeer_IsLetIn()
    {
        var shown = await OkAsync(ct => Driver.ProbeAsync(Host, ct));
        var pinned = peer.Device(new() { Fingerprint = shown.HostKeyFingerprint ?? shown.CertificateFingerprint });

        await OkAsync(ct => Driver.GetStatesAsync(pinned, ct));
    }

    [Fact]
    public async Task ConnectionLostInACall_FailsAtOnceAndTheNextOneWorks()
    {
        await using var relay = new Relay(peer.Port);
        var host = peer.Device(new() { Port = relay.Port });
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        relay.Freeze();
        var asked = await AskedAsync(relay, () => CallAsync(ct => Driver.GetStatesAsync(host, ct)));
        relay.Thaw();
        relay.Drop();
        var lost = await asked.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);

        // Either it was lost, or the driver asked again by itself and was answered: a question may be asked twice.
        Assert.True(lost.Ok || lost.Fault != DeviceFault.AuthenticationFailed, lost.Words);
        // Each connection that was dropped may cost one look more, if its loss is heard only in that.
        var next = await CallAsync(ct => Driver.GetStatesAsync(host, ct));
        for (var others = relay.Accepted - 1; !next.Ok && others > 0; others--)
        {
            Assert.NotEqual(DeviceFault.AuthenticationFailed, next.Fault);
            next = await CallAsync(ct => Driver.GetStatesAsync(host, ct));
        }
        Assert.True(next.Ok, next.Words);
    }

    [Fact]
    public async Task ConnectionsDroppedBetweenCalls_AreMadeAnew()
    {
        await using var relay = new Relay(peer.Port);
        var host = peer.Device(new() { Port = relay.Port });
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        relay.Drop();

        await Soon.BecomesTrueAsync(
            async () => (await CallAsync(ct => Driver.GetStatesAsync(host, ct))).Ok,
            "the states come again",
            10
        );
    }

    [Fact]
    public async Task Cancelled_ReturnsPromptly()
    {
        await using var relay = new Relay(peer.Port);
        var host = peer.Device(new() { Port = relay.Port });
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        using var leaving = new CancellationTokenSource();

        relay.Freeze();
        var asked = await AskedAsync(relay, () => Driver.GetStatesAsync(host, leaving.Token));
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            asked.WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System)
        );
    }

    public static TheoryData<string> Nonsense =>
        [
            "",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<>{}[",
            "SSH-2.0-x\r\n",
            "SSH-1.5-x\r\n",
            "\u0015\u0003\u0001\0\u0002\u0002(",
            "endless",
        ];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task PeerThatTalksNonsense_IsAFaultOfItsOwn(string nonsense)
    {
        await using var relay = new Relay(0, (to, ct) => TalkAsync(nonsense, to, ct));
        var host = peer.Device(new() { Port = relay.Port });

        var states = await CallAsync(ct => Driver.GetStatesAsync(host, ct), 4);
        var power = await CallAsync(ct => Done(Driver.HostPowerAsync(host, HostVerb.Shutdown, ct)), 4);

        foreach (var (fault, words) in new[] { (states.Fault, states.Words), (power.Fault, power.Words) })
        {
            Assert.NotNull(fault);
            // So says DeviceCall of a bug.
            Assert.DoesNotMatch("^[A-Za-z]+Exception: ", words);
        }
    }

    [Fact]
    public virtual async Task HostShutdown_Arrives()
    {
        if (!Driver.Capabilities.HasFlag(HostCapabilities.HostShutdown))
            Assert.Skip("This platform does not shut hosts down.");

        await OkAsync(ct => Done(Driver.HostPowerAsync(Host, HostVerb.Shutdown, ct)));

        await Soon.BecomesTrueAsync(peer.ShutdownSeenAsync, "the host was told to shut down");
    }

    [Fact]
    public async Task HostShutdown_WrongCredentials_IsNotAccepted()
    {
        var told = await CallAsync(ct =>
            Done(Driver.HostPowerAsync(peer.Device(new() { WrongSecret = true }), HostVerb.Shutdown, ct))
        );

        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.False(await peer.ShutdownSeenAsync());
    }

    private protected static Task<DeviceOutcome<T>> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        double seconds = 30
    ) => new DeviceCall(TimeProvider.System).RunAsync(call, TimeSpan.FromSeconds(seconds), Ct);

    private protected static async Task<T> OkAsync<T>(Func<CancellationToken, Task<T>> call)
    {
        var outcome = await CallAsync(call);
        Assert.True(outcome.Ok, $"{outcome.Fault}: {outcome.Words}");
        return outcome.Value!; // not null: ok
    }

    private protected static async Task<bool> Done(Task asked)
    {
        await asked;
        return true;
    }

    /// <summary>Begins a call and waits until the relay has seen something of it.</summary>
    private static async Task<Task<T>> AskedAsync<T>(Relay relay, Func<Task<T>> call)
    {
        var before = relay.Asked;
        var asked = call();
        await Soon.BecomesTrueAsync(() => Task.FromResult(relay.Asked > before), "the call is under way", 10);
        return asked;
    }

    private static async Task TalkAsync(string nonsense, Stream to, CancellationToken ct)
    {
        if (nonsense == "endless")
            for (var part = new byte[4096]; ; )
                await to.WriteAsync(part, ct);
        await to.WriteAsync(Encoding.Latin1.GetBytes(nonsense), ct);
    }
}
