using VmPowerManager.Hosts;

namespace VmPowerManager.Platforms.Tests.Bmc;

/// <summary>A management controller, real or a stand-in, with a machine behind it.</summary>
public interface IBmcPeer : IAsyncDisposable
{
    string Method { get; }

    /// <summary>Starts it or sets it back: the machine is on, and its system heeds the power button. Skips the test where it
    /// cannot be.</summary>
    Task ReadyAsync();

    /// <param name="password">Null: the right one.</param>
    WakeDevice Device(string? password = null);

    /// <summary>Whether the machine really has power.</summary>
    bool IsOn { get; }

    /// <summary>It goes off without any order.</summary>
    Task LoseAsync();

    /// <summary>From now on the controller accepts all and does nothing.</summary>
    Task StickAsync();

    /// <summary>From now on the controller does not answer.</summary>
    Task FallSilentAsync();

    /// <summary>How often the machine was told something since <see cref="ReadyAsync"/>.</summary>
    int Orders { get; }
}
