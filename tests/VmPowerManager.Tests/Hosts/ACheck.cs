using VmPowerManager.Core;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A check as the API names it: <c>login</c>, <c>wake[0].login</c>.</summary>
internal static class ACheck
{
    public static HostCheck Of(string name, HostCheckState state, string words)
    {
        var at = name.IndexOf('.', StringComparison.Ordinal);
        var kind = CheckNames.All.Single(n => n.Key == name[(at + 1)..]);
        return new(kind, state, Sentence.Verbatim(words)) { Way = at < 0 ? null : name[..at] };
    }
}
