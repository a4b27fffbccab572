using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Which machine the shell is on, and which of its VMs is meant.</summary>
internal sealed partial class EsxiShell
{
    /// <summary>Which VM a number was, by the address of its host: numbers last as long as a VM is registered.</summary>
    private readonly ConcurrentDictionary<(string At, int VmId), (string Id, string Name)> _numbers = new();

    /// <summary>Both are told, and they differ.</summary>
    public static bool IsOther(string? hardware, string? told) =>
        hardware is not null && told is not null && !string.Equals(hardware, told, StringComparison.OrdinalIgnoreCase);

    public static Sentence OtherWords(string? hardware, string? told) =>
        Sentence.Of($"its shell is another machine's: that one's hardware is {told}, the API's {hardware}");

    /// <summary>By the number that it had, if that VM is it; else all are looked through.</summary>
    private async Task<int> FindAsync(HostDevice host, string? hardware, string externalId, CancellationToken ct)
    {
        var at = At(host);
        var had = _numbers.Where(n => n.Key.At == at && n.Value.Id == externalId).Select(n => n.Key.VmId).ToList();
        if (had is [var number])
        {
            var told = await ssh.RunAsync(host, RemoteCommand.Script(One, Text(number)), ct);
            var seen = told.Succeeded ? EsxiListing.Parse(told.Output) : null;
            MustBe(host, hardware, seen?.Uuid);
            if (seen?.Guests is [{ } guest] && guest.VmId == number && guest.Id == externalId)
                return number;
        }
        var all = await ListAsync(host, hardware, ct);
        return all.Guests.Where(g => g.Id == externalId).Select(g => g.VmId).ToList() switch
        {
            [var only] => only,
            [] => throw new DeviceException(DeviceFault.Refused, $"{host.Name} has no guest {externalId}."),
            _ => throw new DeviceException(
                DeviceFault.Refused,
                $"Several guests of {host.Name} have the instanceUuid {externalId}: one of them has to get another."
            ),
        };
    }

    /// <summary>One that could not be asked keeps the name that it is known by.</summary>
    private EsxiGuest Remembered(string at, EsxiGuest guest) =>
        !guest.IsKnown && guest.State == GuestState.Unknown && _numbers.TryGetValue((at, guest.VmId), out var was)
            ? guest with
            {
                Id = was.Id,
                Name = was.Name,
            }
            : guest;

    /// <summary>One that does not tell is let through: it may be going down, and its key is pinned.</summary>
    private async Task DemandMachineAsync(HostDevice host, string? hardware, CancellationToken ct)
    {
        if (hardware is null)
            return;
        var told = await ssh.RunAsync(host, RemoteCommand.Script(Uuid + "echo @@end"), ct);
        MustBe(host, hardware, EsxiListing.Parse(told.Output)?.Uuid);
    }

    private static void MustBe(HostDevice host, string? hardware, string? told)
    {
        if (IsOther(hardware, told))
            throw new DeviceException(DeviceFault.Refused, $"{host.Name}: {OtherWords(hardware, told)}.");
    }

    private static string At(HostDevice host)
    {
        var set = SshAccess.Settings(host);
        return $"{set.Host}:{Text(set.Port)}";
    }
}
