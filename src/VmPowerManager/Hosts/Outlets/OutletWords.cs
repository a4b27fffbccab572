using VmPowerManager.Core;

namespace VmPowerManager.Hosts.Outlets;

internal static class OutletWords
{
    /// <summary>What each says of itself: <c>outlet 2 on, outlet 3 off</c>.</summary>
    public static Sentence Of(IEnumerable<(Sentence Name, bool Off)> outlets) =>
        Sentence.Join(", ", outlets.Select(o => o.Off ? Sentence.Of($"{o.Name} off") : Sentence.Of($"{o.Name} on")));
}
