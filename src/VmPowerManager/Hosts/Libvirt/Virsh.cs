using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.Libvirt;

/// <summary>What virsh's failures mean.</summary>
internal static class Virsh
{
    /// <summary>Gives <paramref name="result"/> back when virsh succeeded.</summary>
    /// <exception cref="DeviceException">Never Unreachable: somebody on that host answered, so it is not silent (C4),
    /// also when its libvirt is down.</exception>
    public static SshResult Check(SshResult result)
    {
        if (result.Truncated)
            throw new DeviceException(DeviceFault.ProtocolError, "virsh told more than 1 MiB.");
        if (result.Succeeded)
            return result;
        throw Failure(result);
    }

    /// <summary>Reads a listing.</summary>
    /// <exception cref="DeviceException">As <see cref="Check"/>'s.</exception>
    public static VirshListing Listing(SshResult result)
    {
        var listing = VirshListing.Parse(Check(result).Output);
        if (listing.Complete)
            return listing;
        throw result.Error.Length > 0
            ? Failure(result)
            : new DeviceException(DeviceFault.ProtocolError, "The listing of virsh is not complete.");
    }

    private static DeviceException Failure(SshResult result)
    {
        var words = Words(result.Error.Length > 0 ? result.Error : result.Words);
        return new DeviceException(Fault(result.ExitCode, words), words);
    }

    /// <summary>The lines without their <c>error:</c>, as one sentence.</summary>
    public static string Words(string said) =>
        string.Join(
            ": ",
            said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.StartsWith("error:", StringComparison.Ordinal) ? l["error:".Length..].Trim() : l)
                .Where(l => l.Length > 0)
        );

    private static DeviceFault Fault(int? exitCode, string words) =>
        words switch
        {
            _ when exitCode is 126 or 127 => DeviceFault.Unsupported,
            _ when Says(words, "authentication") || Says(words, "Permission denied") || Says(words, "access denied") =>
                DeviceFault.AuthenticationFailed,
            _ when Says(words, "unknown command") || Says(words, "doesn't support option") => DeviceFault.Unsupported,
            _ when Says(words, "not supported by the connection driver") => DeviceFault.Unsupported,
            _ => DeviceFault.Refused,
        };

    private static bool Says(string words, string what) => words.Contains(what, StringComparison.OrdinalIgnoreCase);
}
