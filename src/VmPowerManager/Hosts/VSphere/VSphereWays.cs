using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Chooses between the API of the settings and the ways that lead to the host itself: the API first; the others where
/// its licence refuses, or where nobody answers, and then for a while at once.</summary>
internal sealed class VSphereWays(VSphereAccess access, VSphereOwnWays own)
{
    /// <summary>A poll is given five seconds: what is left has to be enough for another way.</summary>
    private static readonly TimeSpan BeforeOther = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BeforeGivingUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan BeforeOtherActs = TimeSpan.FromSeconds(8);

    /// <param name="patience">What the API is given when a vCenter or another way is there; null: enough for a poll.</param>
    public async Task<HostInventory> LookAsync(HostDevice host, TimeSpan? patience, CancellationToken ct)
    {
        var known = access.Open(host);
        if (!VSphereOwnWays.AreSet(host))
            return await ByApiAloneAsync(known, patience, ct);
        if (known.Trouble is { } trouble)
            return known.IsAvoided
                ? await own.LookAsync(host, known, trouble, ct)
                : await ByBothAsync(host, known, trouble, patience, ct);
        try
        {
            return await ByApiAsync(known, patience ?? BeforeOther, patience is not null, ct);
        }
        catch (DeviceException e) when (IsForAnother(e))
        {
            known.Avoid(e);
            return await own.LookAsync(host, known, e, ct);
        }
    }

    /// <summary>Tells a guest. To stop the vCenter itself it is not asked where the host has a login of its own: from there
    /// its end can be seen as well.</summary>
    public async Task TellGuestAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        Func<VSphereHost, VSpherePlace, CancellationToken, Task> byApi,
        Func<VSphereHost, CancellationToken, Task> byShell,
        CancellationToken ct
    )
    {
        var known = access.Open(host);
        if (
            verb is not (GuestVerb.Start or GuestVerb.Resume)
            && known.VCenterGuest == externalId
            && !known.IsAvoided
            && VSphereOwnWays.HasDirect(host)
        )
            try
            {
                await own.ActAsync(host, known, byApi, byShell, null, null, ct);
                known.Avoid(new DeviceException(DeviceFault.Unreachable, $"{known.Session.Endpoint} was told to stop"));
                return;
            }
            // The vCenter may be there still.
            catch (DeviceException e) when (IsForAnother(e) || e.Fault == DeviceFault.AuthenticationFailed) { }
        await ActAsync(host, byApi, byShell, ct);
    }

    /// <param name="patience">What the API is given when another way is there.</param>
    public async Task ActAsync(
        HostDevice host,
        Func<VSphereHost, VSpherePlace, CancellationToken, Task> byApi,
        Func<VSphereHost, CancellationToken, Task> byShell,
        CancellationToken ct,
        TimeSpan? patience = null
    )
    {
        var known = access.Open(host);
        var hasOther = VSphereOwnWays.AreSet(host);
        if (hasOther && (known.IsAvoided || known.IsRestricted))
        {
            await own.ActAsync(host, known, byApi, byShell, known.Trouble, patience, ct);
            return;
        }
        try
        {
            await WithinAsync(known, hasOther ? patience ?? BeforeOtherActs : null, CallAsync, ct);
        }
        catch (DeviceException e) when (hasOther && (VSphereTrouble.IsOfTheLink(e) || VSphereTrouble.IsOfTheLicense(e)))
        {
            known.IsRestricted |= VSphereTrouble.IsOfTheLicense(e);
            // A certificate that changed is shown for as long as nobody approved it.
            if (IsForAnother(e))
                known.Avoid(e);
            await own.ActAsync(host, known, byApi, byShell, e, patience, ct);
        }
        catch (DeviceException e) when (VSphereTrouble.IsOfTheLicense(e))
        {
            throw new DeviceException(
                DeviceFault.Refused,
                $"The free licence of {known.Name} refuses this through the API: set an SSH login as well. {e.Message}",
                e
            );
        }

        async Task<bool> CallAsync(VSpherePlace place, CancellationToken token)
        {
            await byApi(known, place, token);
            return true;
        }
    }

    /// <summary>A host that answers for itself has its caller's time: how that ends tells whether it is silent. A vCenter that is
    /// silent says nothing of the host: not that it is silent, either (POLICY C4).</summary>
    private static async Task<HostInventory> ByApiAloneAsync(
        VSphereHost known,
        TimeSpan? patience,
        CancellationToken ct
    )
    {
        try
        {
            return await ByApiAsync(
                known,
                known.BehindVCenter ? patience ?? BeforeGivingUp : null,
                patience is not null,
                ct
            );
        }
        catch (DeviceException e)
            when (known.BehindVCenter
                && e.Fault != DeviceFault.TrustChanged
                && VSphereTrouble.IsOfTheLink(e)
                && !VSphereTrouble.IsOfTheHost(e)
            )
        {
            throw Unknown(known, e.Message, e);
        }
    }

    /// <summary>The API is given another chance without the others having to wait for how that ends.</summary>
    private async Task<HostInventory> ByBothAsync(
        HostDevice host,
        VSphereHost known,
        DeviceException trouble,
        TimeSpan? patience,
        CancellationToken ct
    )
    {
        known.Avoid(trouble);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var byOther = own.LookAsync(host, known, trouble, leaving.Token);
        try
        {
            var seen = await ByApiAsync(known, patience ?? BeforeOther, patience is not null, ct);
            known.Reached();
            return seen;
        }
        catch (DeviceException e) when (IsForAnother(e))
        {
            known.Avoid(e);
            return await byOther;
        }
        catch (DeviceException)
        {
            known.Reached();
            throw;
        }
        finally
        {
            await leaving.CancelAsync();
            _ = byOther.ContinueWith(t => t.Exception, TaskScheduler.Default);
        }
    }

    /// <param name="whole">There is time to ask more than the states.</param>
    private static Task<HostInventory> ByApiAsync(
        VSphereHost known,
        TimeSpan? patience,
        bool whole,
        CancellationToken ct
    ) =>
        WithinAsync(
            known,
            patience,
            async (place, token) =>
            {
                var seen = await VSphereInventory.ReadAsync(place, token);
                var told = seen.MustBeConnected(place).ToHostInventory(place, known.Prepared);
                return whole ? known.Note(await VCenterGuest.NoteAsync(place, seen, told, token)) : told;
            },
            ct
        );

    private static bool IsForAnother(DeviceException e) =>
        e.Fault != DeviceFault.TrustChanged && VSphereTrouble.IsOfTheLink(e);

    public static DeviceException Unknown(VSphereHost known, string words, DeviceException e) =>
        new(DeviceFault.Unreachable, $"{HostFaults.NotKnown}: only the vCenter could tell of {known.Name}: {words}", e);

    /// <param name="patience">Null: its caller's.</param>
    private static Task<T> WithinAsync<T>(
        VSphereHost known,
        TimeSpan? patience,
        Func<VSpherePlace, CancellationToken, Task<T>> call,
        CancellationToken ct
    ) =>
        patience is { } given
            ? known.WithinAsync(given, known.Session.Endpoint.ToString(), token => known.WithAsync(call, token), ct)
            : known.WithAsync(call, ct);
}
