using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Wakes a host by one way. Throws <see cref="DeviceException"/>; time limits come from
/// <see cref="IHostPower"/>.</summary>
public interface IWakeMethod
{
    /// <summary>The API's <c>method</c>: <c>wol</c> ...</summary>
    string Method { get; }

    /// <summary>Asks for it. Returning means that it was accepted or sent; whether the host wakes is seen by its
    /// answers (POLICY E4).</summary>
    /// <returns>What was done, in words.</returns>
    Task<string> WakeAsync(WakeDevice host, CancellationToken ct);
}

/// <summary>A host as a wake method needs it.</summary>
public sealed record WakeDevice(string Name, WakeSettings Settings, string? Password);
