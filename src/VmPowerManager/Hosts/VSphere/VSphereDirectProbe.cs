using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>What the host's own API told a probe.</summary>
/// <param name="Place">Null: it did not let us so far.</param>
internal sealed record VSphereDirectProbe(HostCheck Check, string? Certificate, VSpherePlace? Place)
{
    public bool Serves => Check.State == HostCheckState.Ok;

    /// <summary>The same calls as are made while the vCenter is away, without effect; null: there is no login for it.</summary>
    public static async Task<VSphereDirectProbe?> RunAsync(VSphereAccess access, HostDevice host, CancellationToken ct)
    {
        if (access.FreshDirect(host) is not var (http, session))
            return null;
        using (http)
        using (session)
        {
            VSpherePlace? place = null;
            try
            {
                var content = await session.LoginAsync(ct);
                place = await VSpherePlace.FindAsync(session, null, ct);
                var seen = await VSphereInventory.ReadAsync(place, ct);
                var (state, words) = await VSphereProbe.PrivilegesAsync(place, seen, ct);
                if (state == HostCheckState.Ok)
                    words = Sentence.Of(
                        $"{session.Endpoint}, {content.FullName}, lets us in as {session.Endpoint.UserName}, who may do all that a run needs; {seen.Own.Count()} guests"
                    );
                if (http.Endpoint.CertificateFingerprint is null && http.Seen is { } seenFirst)
                    words = Sentence.Of(
                        $"{words}; {seenFirst} is not pinned: the first certificate seen will be trusted"
                    );
                return new(new(CheckNames.Direct, state, words), http.Seen, place);
            }
            catch (DeviceException e)
            {
                return new(
                    new(CheckNames.Direct, HostCheckState.Failed, Sentence.Verbatim(e.Message)),
                    http.Seen,
                    place
                );
            }
            finally
            {
                await session.LogoutAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Another machine there would be told what this one is meant to do.</summary>
    public HostCheck For(string? hardware) =>
        Serves && Place is { } place && VSphereOwnWays.OtherWords(hardware, place) is { } words
            ? Check with
            {
                State = HostCheckState.Failed,
                Says = words,
            }
            : Check;
}
