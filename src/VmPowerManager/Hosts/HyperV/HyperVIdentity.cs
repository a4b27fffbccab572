using static VmPowerManager.Hosts.HyperV.HyperVAnswer;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>Which machine answers, and the MAC addresses of its guests.</summary>
internal static class HyperVIdentity
{
    /// <summary>What could not be asked for (no Hyper-V module, no rights) is left out.</summary>
    public static HostIdentity Of(HyperVAnswer answer)
    {
        var macs = answer.All("mac").Select(m => (Vm: Text(m, "vm"), Mac: Written(Text(m, "mac")))).ToList();
        var host = answer.All("host").Select(HyperVHost.Of).FirstOrDefault();
        return new HostIdentity
        {
            ProductUuid = host is { Uuid.Length: > 0 } ? host.Uuid.ToLowerInvariant() : null,
            Macs = [.. macs.Where(m => m.Vm.Length == 0 && m.Mac is not null).Select(m => m.Mac!)], // not null: filtered
            GuestMacs = macs.Where(m => m.Mac is not null && Guid.TryParse(m.Vm, out _))
                .GroupBy(m => Guid.Parse(m.Vm).ToString("D"), m => m.Mac!) // not null: filtered
                .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g]),
        };
    }

    /// <summary>Hyper-V writes digits alone, Windows colons.</summary>
    private static string? Written(string mac)
    {
        var digits = mac.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length == 12 && digits.All(char.IsAsciiHexDigit) && digits != "000000000000"
            ? string.Join(':', digits.Chunk(2).Select(pair => new string(pair)))
            : null;
    }
}
