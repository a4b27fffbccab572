using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Whether a run could do its work: the same login, listing and ways as it takes, without effect.</summary>
internal sealed class VSphereProbe(VSphereAccess access, EsxiShell shell, TimeProvider time)
{
    private const int MostNamed = 10;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly string[] OnHost = ["Host.Config.Power", "Host.Config.Maintenance"];

    private static readonly string[] OnGuests =
    [
        "VirtualMachine.Interact.PowerOn",
        "VirtualMachine.Interact.PowerOff",
        "VirtualMachine.Interact.Suspend",
    ];

    public async Task<HostProbe> RunAsync(HostDevice host, CancellationToken ct)
    {
        var (http, session) = access.Fresh(host);
        using (http)
        using (session)
        {
            var checks = new HttpsProbe(http);
            var asked = VSphereDirectProbe.RunAsync(access, host, ct);
            var way = EsxiShell.IsSet(host)
                ? await shell.CheckAsync(host, ct)
                : (Check: (HostCheck?)null, HostKey: null, Uuid: null);
            var direct = await asked;
            var hardware = (string?)null;
            try
            {
                if (await checks.LogInAsync(token => GreetAsync(session, token), ct))
                    hardware = await CheckAsync(host, session, checks, (direct?.Check, way.Check), ct);
            }
            finally
            {
                await session.LogoutAsync(CancellationToken.None);
            }
            if (direct?.For(hardware) is { } own)
                checks.Add(own);
            if (way.Check is { } check)
                AddWay(checks, check, hardware, way.Uuid);
            return checks.Probe with
            {
                HostKeyFingerprint = way.HostKey,
                DirectCertificateFingerprint = direct?.Certificate,
            };
        }
    }

    private static async Task<Sentence> GreetAsync(VimSession session, CancellationToken ct)
    {
        var content = await session.LoginAsync(ct);
        return Sentence.Of($"logged in as {session.Endpoint.UserName} at {content.FullName}");
    }

    /// <summary>A shell of another host would be told what this one is meant to do.</summary>
    private static void AddWay(HttpsProbe checks, HostCheck way, string? hardware, string? told)
    {
        if (way.State == HostCheckState.Ok && EsxiShell.IsOther(hardware, told))
            way = way with { State = HostCheckState.Failed, Says = EsxiShell.OtherWords(hardware, told) };
        checks.Add(way);
    }

    /// <returns>Which machine it is; null: not told.</returns>
    private async Task<string?> CheckAsync(
        HostDevice host,
        VimSession session,
        HttpsProbe checks,
        (HostCheck? Direct, HostCheck? Shell) ways,
        CancellationToken ct
    )
    {
        VSpherePlace place;
        VSphereInventory seen;
        try
        {
            place = await VSpherePlace.FindAsync(session, HttpsAccess.Settings(host).HostName, ct);
            seen = (await VSphereInventory.ReadAsync(place, ct)).MustBeConnected(place);
        }
        catch (DeviceException e)
        {
            checks.Add(CheckNames.Host, HostCheckState.Failed, Sentence.Verbatim(e.Message));
            return null;
        }
        checks.Add(
            CheckNames.Host,
            seen.InMaintenance ? HostCheckState.Warning : HostCheckState.Ok,
            seen.InMaintenance
                ? Sentence.Of($"{place.Name} is in maintenance mode: no guest can start on it")
                : Sentence.Of($"{place.Name} is connected")
        );
        AddGuests(seen, checks);
        await AskAsync(CheckNames.Privileges, checks, token => PrivilegesAsync(place, seen, token), ct);
        if (place.IsAlone)
            await AskAsync(CheckNames.Licence, checks, token => LicenceAsync(session, ways.Shell, token), ct);
        else
            await AskAsync(CheckNames.VCenter, checks, token => VCenterAsync(place, ways, token), ct);
        await AskAsync(CheckNames.Clock, checks, token => ClockAsync(session, token), ct);
        return place.Hardware;
    }

    private static void AddGuests(VSphereInventory seen, HttpsProbe checks)
    {
        var own = seen.Own.ToList();
        var running = own.Count(g => g.State == GuestState.Running);
        var without = own.Where(g => g is { State: GuestState.Running, Agent: not AgentState.Running })
            .Select(g => g.Name)
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        var words =
            without.Count == 0
                ? Sentence.Of($"{own.Count} guests, {running} run")
                : Sentence.Of(
                    $"{own.Count} guests, {running} run; VMware Tools does not run in {Named.Of(without, MostNamed)}: they can be saved or forced off, not asked"
                );
        checks.Add(CheckNames.Guests, without.Count > 0 ? HostCheckState.Warning : HostCheckState.Ok, words);
    }

    /// <summary>A question that fails is a warning: what it would have told is not known.</summary>
    private static async Task AskAsync(
        CheckName name,
        HttpsProbe checks,
        Func<CancellationToken, Task<(HostCheckState State, Sentence Says)>> question,
        CancellationToken ct
    )
    {
        try
        {
            var (state, says) = await question(ct);
            checks.Add(name, state, says);
        }
        catch (DeviceException e)
        {
            checks.Add(name, HostCheckState.Warning, $"cannot be checked: {e.Message}");
        }
    }

    public static async Task<(HostCheckState, Sentence)> PrivilegesAsync(
        VSpherePlace place,
        VSphereInventory seen,
        CancellationToken ct
    )
    {
        var names = seen.Own.ToDictionary(g => g.Ref, g => g.Name);
        var onHost = await place.Session.LacksAsync([place.Ref], OnHost, ct);
        var onGuests = await place.Session.LacksAsync([.. names.Keys], OnGuests, ct);
        var lacks = onHost
            .Select(l => Sentence.Of($"{l.Key} on {place.Name}"))
            .Concat(onGuests.Select(l => Sentence.Of($"{l.Key} on {Some([.. l.Select(r => names[r])])}")))
            .ToList();
        return lacks.Count == 0
            ? (HostCheckState.Ok, Sentence.Of($"the user may do all that a run needs"))
            : (HostCheckState.Failed, Sentence.Of($"the user lacks {Sentence.Join("; ", lacks)}"));

        Sentence Some(List<string> guests) =>
            guests.Count == names.Count ? Sentence.Of($"all guests") : Named.Of(guests, MostNamed);
    }

    /// <summary>The free edition of ESXi lets nobody change anything through the API.</summary>
    private static async Task<(HostCheckState, Sentence)> LicenceAsync(
        VimSession session,
        HostCheck? way,
        CancellationToken ct
    )
    {
        var editions = await session.LicensesAsync(ct);
        var free = editions.FirstOrDefault(e => e.Edition.StartsWith("esxBasic", StringComparison.OrdinalIgnoreCase));
        if (free is null)
            return (
                HostCheckState.Ok,
                editions.Count > 0 ? Sentence.Verbatim(editions[0].Name) : Sentence.Of($"no licence is told")
            );
        return way is { State: HostCheckState.Ok }
            ? (
                HostCheckState.Ok,
                Sentence.Of($"{free.Name} is free and refuses changes through the API: its shell over SSH is used")
            )
            : (
                HostCheckState.Failed,
                Sentence.Of(
                    $"{free.Name} is free and refuses changes through the API: set an SSH login of the host as well"
                )
            );
    }

    /// <summary>A vCenter that runs as a guest goes down with its host: from then on each host needs a way of its own.</summary>
    private static async Task<(HostCheckState, Sentence)> VCenterAsync(
        VSpherePlace place,
        (HostCheck? Direct, HostCheck? Shell) ways,
        CancellationToken ct
    )
    {
        var session = place.Session;
        var directly = ways.Direct is { State: HostCheckState.Ok };
        var hasWay = directly || ways.Shell is { State: HostCheckState.Ok };
        if (await session.FindByAddressAsync(session.Endpoint.Sdk.IdnHost, ct) is not { } vm)
            return hasWay
                ? (HostCheckState.Ok, Sentence.Of($"the vCenter is none of its own guests, as far as it tells"))
                : (
                    HostCheckState.Ok,
                    Sentence.Of(
                        $"if the vCenter does not answer, nothing can be asked of {place.Name}: it has no login of its own"
                    )
                );
        var seen = await session.ReadAsync(vm, ["name", "runtime.host"], ct);
        var words =
            seen.Reference("runtime.host") == place.Ref
                ? Sentence.Of($"the vCenter is its own guest {seen.Text("name")}, on {place.Name} itself")
                : Sentence.Of($"the vCenter is its own guest {seen.Text("name")}");
        return hasWay
            ? (
                HostCheckState.Ok,
                directly
                    ? Sentence.Of($"{words}: once it is off, {place.Name} is spoken to directly")
                    : Sentence.Of($"{words}: once it is off, {place.Name} is spoken to by SSH")
            )
            : (
                HostCheckState.Warning,
                Sentence.Of(
                    $"{words}: once it is off, nothing can be asked of {place.Name}, because it has no login of its own, direct or by SSH"
                )
            );
    }

    private async Task<(HostCheckState, Sentence)> ClockAsync(VimSession session, CancellationToken ct)
    {
        if (await session.CurrentTimeAsync(ct) is not { } told)
            return (HostCheckState.Warning, Sentence.Of($"its clock is not told"));
        var off = told - time.GetUtcNow();
        return (off.Duration() > Skew ? HostCheckState.Warning : HostCheckState.Ok, ClockCheck.Off(off));
    }
}
