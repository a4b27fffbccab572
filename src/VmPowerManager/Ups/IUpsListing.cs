using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>What a driver can do besides opening a session where one address may have several UPSes: name them, so that a
/// person need not know.</summary>
public interface IUpsListing
{
    /// <summary>The key of the settings block that says which of them: <c>upsName</c>. Whatever it holds is not asked for
    /// here.</summary>
    string ListedKey { get; }

    /// <summary>The UPSes at the address of <paramref name="device"/>.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    Task<IReadOnlyList<UpsListed>> ListAsync(UpsDevice device, CancellationToken ct);
}

/// <summary>A UPS that a server has.</summary>
/// <param name="Name">What goes into the settings block.</param>
/// <param name="Description">In the server's words; may be empty.</param>
public sealed record UpsListed(string Name, string Description);
