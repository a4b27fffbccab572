using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>The ways to a host that do not lead over its vCenter: its own API where there is a login for it, then its
/// shell.</summary>
internal sealed class VSphereOwnWays(VSphereAccess access, EsxiShell shell)
{
    /// <summary>Where there is a shell: what is left of a poll has to be enough for it.</summary>
    private static readonly TimeSpan BeforeShell = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan BeforeShellActs = TimeSpan.FromSeconds(6);

    public static bool AreSet(HostDevice host) => HasDirect(host) || EsxiShell.IsSet(host);

    public static bool HasDirect(HostDevice host) => HostSettings.Of(host).Direct is not null;

    /// <param name="place">Where the host is being asked just now.</param>
    public static bool HasAnother(HostDevice host, VSpherePlace place) =>
        EsxiShell.IsSet(host) || (!place.IsAlone && HasDirect(host));

    /// <param name="first">Why the API of the settings was not asked, or in vain.</param>
    public async Task<HostInventory> LookAsync(
        HostDevice host,
        VSphereHost known,
        DeviceException first,
        CancellationToken ct
    )
    {
        if (access.OpenDirect(host) is not { } direct)
            return await ByShellAsync(host, known, first, null, ct);
        var hasShell = EsxiShell.IsSet(host);
        if (hasShell && direct is { IsAvoided: true, Trouble: { } trouble })
            return await ByShellAsync(host, known, first, trouble, ct);
        try
        {
            var seen = await DirectlyAsync(
                known,
                direct,
                hasShell ? BeforeShell : null,
                async (place, token) =>
                    (await VSphereInventory.ReadAsync(place, token)).ToHostInventory(place, known.Prepared),
                ct
            );
            // Its guests are known by their vCenter, which has more of them than are listed here.
            return seen with { Realm = known.Realm ?? "", WholeRealm = false };
        }
        catch (DeviceException e) when (hasShell && e.Fault != DeviceFault.TrustChanged && IsForTheShell(e))
        {
            return await ByShellAsync(host, known, first, e, ct);
        }
        // Its own address is silent: that is what silence means.
        catch (DeviceException e) when (!VSphereTrouble.IsSilence(e))
        {
            throw VSphereTrouble.IsRefusal(e)
                ? VSphereWays.Unknown(known, Words(first, e), first)
                : new DeviceException(e.Fault, Words(first, e), e);
        }
    }

    /// <param name="first">Why the API of the settings was not asked, or in vain; null: the host itself comes first.</param>
    /// <param name="patience">What the host's own API is given when another way is left.</param>
    public async Task ActAsync(
        HostDevice host,
        VSphereHost known,
        Func<VSphereHost, VSpherePlace, CancellationToken, Task> byApi,
        Func<VSphereHost, CancellationToken, Task> byShell,
        DeviceException? first,
        TimeSpan? patience,
        CancellationToken ct
    )
    {
        var hasShell = EsxiShell.IsSet(host);
        var last = first;
        if (access.OpenDirect(host) is { } direct && !(hasShell && MayLeaveOut(host, direct, first)))
            try
            {
                DemandPinned(first, HostSettings.Of(host).Direct?.CertificateFingerprint, "own address", "certificate");
                var isLast = !hasShell && first is not null;
                await DirectlyAsync(known, direct, isLast ? null : patience ?? BeforeShellActs, CallAsync, ct);
                return;
            }
            catch (DeviceException e) when (hasShell && IsForTheShell(e))
            {
                direct.IsRestricted |= VSphereTrouble.IsOfTheLicense(e);
                last = e;
            }
            catch (DeviceException e) when (first is not null && !ReferenceEquals(e.InnerException, first))
            {
                throw new DeviceException(e.Fault, Words(first, e), e);
            }
        DemandPinned(last, SshAccess.Settings(host).HostKeyFingerprint, "shell", "SSH host key");
        await byShell(known, ct);

        async Task<bool> CallAsync(VSpherePlace place, CancellationToken token)
        {
            await byApi(known, place, token);
            return true;
        }
    }

    /// <summary>It did not serve a moment ago, or may not be trusted now; the shell is left.</summary>
    private static bool MayLeaveOut(HostDevice host, VSphereHost direct, DeviceException? first) =>
        direct.IsAvoided
        || direct.IsRestricted
        || (
            first is { Fault: DeviceFault.TrustChanged } && HostSettings.Of(host).Direct?.CertificateFingerprint is null
        );

    /// <summary>Calls at the host's own API, once it is known to be this machine's.</summary>
    /// <param name="patience">Null: its caller's.</param>
    private static async Task<T> DirectlyAsync<T>(
        VSphereHost known,
        VSphereHost direct,
        TimeSpan? patience,
        Func<VSpherePlace, CancellationToken, Task<T>> call,
        CancellationToken ct
    )
    {
        try
        {
            var told = patience is { } given
                ? await direct.WithinAsync(given, direct.Session.Endpoint.ToString(), AskAsync, ct)
                : await AskAsync(ct);
            direct.Reached();
            return told;
        }
        catch (DeviceException e) when (e.Fault != DeviceFault.TrustChanged && IsForTheShell(e))
        {
            direct.Avoid(e);
            throw;
        }

        Task<T> AskAsync(CancellationToken token) => direct.WithAsync((place, t) => call(Same(known, place), t), token);
    }

    /// <exception cref="DeviceException">Refused: the address is another machine's.</exception>
    public static Sentence? OtherWords(string? hardware, VSpherePlace place) =>
        !place.IsAlone ? Sentence.Of($"its own address is a vCenter's ({place.Session.Endpoint})")
        : EsxiShell.IsOther(hardware, place.Hardware)
            ? Sentence.Of(
                $"its own address is another machine's: that one's hardware is {place.Hardware}, this host's {hardware}"
            )
        : null;

    private static VSpherePlace Same(VSphereHost known, VSpherePlace place) =>
        OtherWords(known.Hardware, place) is { } words
            ? throw new DeviceException(DeviceFault.Refused, $"{known.Name}: {words}.")
            : place;

    /// <param name="byDirect">Why the host's own API was not asked, or in vain; null: there is none.</param>
    private async Task<HostInventory> ByShellAsync(
        HostDevice host,
        VSphereHost known,
        DeviceException first,
        DeviceException? byDirect,
        CancellationToken ct
    )
    {
        var before = byDirect is null ? first.Message : Words(first, byDirect);
        try
        {
            var seen = await shell.ListAsync(host, known.Hardware, ct);
            return new HostInventory(
                known.Realm ?? "",
                [.. seen.Own.Select(g => new GuestSighting(g.Id, g.Name, GuestKind.Vm, g.State, g.Agent))],
                known.BehindVCenter || !seen.IsWhole ? false : null,
                seen.InMaintenance && !known.Prepared ? $"{known.Name} is in maintenance mode" : null
            );
        }
        // Its own address is silent, too: that is what silence means.
        catch (DeviceException e)
            when (VSphereTrouble.IsSilence(e) && (byDirect is null || VSphereTrouble.IsSilence(byDirect)))
        {
            throw known.BehindVCenter ? e : first;
        }
        // It may be up with its SSH service off; alone, both its ports are closed.
        catch (DeviceException e) when (e.Fault == DeviceFault.Unreachable)
        {
            throw known.BehindVCenter
                ? VSphereWays.Unknown(known, $"{before}; by SSH: {e.Message}", first)
                : new DeviceException(first.Fault, $"{e.Message}; by the API: {first.Message}", first);
        }
        // Somebody answers there.
        catch (DeviceException e)
        {
            throw new DeviceException(e.Fault, $"{before}; by SSH: {e.Message}", e);
        }
    }

    /// <summary>Whoever answers in place of one server may answer in place of another as well.</summary>
    private static void DemandPinned(DeviceException? e, string? pinned, string way, string what)
    {
        if (e is { Fault: DeviceFault.TrustChanged } && pinned is null)
            throw new DeviceException(
                DeviceFault.TrustChanged,
                $"{e.Message} Its {way} is not asked instead, because no {what} is pinned.",
                e
            );
    }

    /// <summary>A login that is refused there is no word on what the other one may do.</summary>
    private static bool IsForTheShell(DeviceException e) =>
        VSphereTrouble.IsOfTheLink(e)
        || VSphereTrouble.IsOfTheLicense(e)
        || e is Protocols.VSphere.VimFault { Name: "InvalidLogin" or "PasswordExpired" or "AccountLocked" };

    private static string Words(DeviceException first, DeviceException byDirect) =>
        $"{first.Message}; directly: {byDirect.Message}";
}
