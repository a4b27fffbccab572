using VmPowerManager.Hosts;

namespace VmPowerManager.Platforms.Tests.Contract;

/// <summary>How a test wants to reach the peer; all else is right.</summary>
public sealed record Way
{
    /// <summary>Null: the peer's own. Another one leads to it through a relay, or to nobody.</summary>
    public int? Port { get; init; }

    /// <summary>The only key or certificate to accept; null: the first one seen.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>With a password, key or token that the peer does not know.</summary>
    public bool WrongSecret { get; init; }
}

/// <summary>A platform's real peer, or its stand-in, on 127.0.0.1, as the contract needs it.</summary>
public interface IPlatformPeer
{
    string Platform { get; }

    /// <summary>Where it listens.</summary>
    int Port { get; }

    /// <summary>Starts it, or sets it back: up, with the guests <see cref="IGuestPeer"/> names running. Skips the test where
    /// it cannot be (<see cref="LabFolder.SkipIf"/>).</summary>
    Task ReadyAsync();

    HostDevice Device(Way way);

    /// <summary>A host on which something that a plan needs is missing or not allowed, and the name of the check that says
    /// so.</summary>
    (HostDevice Host, string Check) Lacking();

    /// <summary>How often somebody logged in or sent a request until now; null: the peer cannot tell.</summary>
    Task<int?> ContactsAsync();

    /// <summary>Whether it was told to shut itself down since <see cref="ReadyAsync"/>.</summary>
    Task<bool> ShutdownSeenAsync();
}

/// <summary>A peer with guests.</summary>
public interface IGuestPeer : IPlatformPeer
{
    /// <summary>Id of a guest that runs, and stops when it is asked to.</summary>
    string Willing { get; }

    /// <summary>Id of a guest that runs, and does not stop however often it is asked.</summary>
    string Stubborn { get; }

    /// <summary>An id as the platform makes them, of no guest.</summary>
    string Nobody { get; }

    /// <summary>A host with that many running guests, until what comes with it is disposed.</summary>
    Task<(HostDevice Host, IAsyncDisposable Held)> WithGuestsAsync(int count);
}
