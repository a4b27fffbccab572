using VmPowerManager.Components;

namespace VmPowerManager.Ups.Pages;

/// <summary>By what a list of UPSes is sorted.</summary>
public enum UpsOrder
{
    Name,
    State,
    Charge,
    Runtime,
    Load,
}

/// <summary>Searches and sorts. Pure.</summary>
public static class UpsListing
{
    /// <summary>Those that a page with room for so many should show: all by name, or else the worst, by name.</summary>
    public static IReadOnlyList<UpsStreamView> Foremost(IEnumerable<UpsStreamView> all, int most)
    {
        var byName = all.OrderBy(ups => ups.Name, StringComparer.CurrentCultureIgnoreCase).ToList();
        return byName.Count <= most ? byName : [.. byName.OrderByDescending(UpsCondition.Of).Take(most)];
    }

    /// <param name="search">Every word must be in the name, vendor, model, serial or state.</param>
    /// <param name="said">A UPS's state in the language of the person.</param>
    public static IReadOnlyList<UpsStreamView> Of(
        IEnumerable<UpsStreamView> all,
        string? search,
        UpsOrder order,
        bool descending,
        Func<UpsStreamView, string> said
    )
    {
        var words = (search ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var found = all.Where(ups =>
            words.All(word => Text(ups, said).Contains(word, StringComparison.CurrentCultureIgnoreCase))
        );
        var byName = found.OrderBy(ups => ups.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(ups => ups.Id);
        if (order == UpsOrder.Name)
            return descending ? [.. byName.Reverse()] : [.. byName];
        // What is unknown stays at the end, whichever way.
        var known = byName.Where(ups => Value(ups, order) is not null);
        var sorted = descending
            ? known.OrderByDescending(ups => Value(ups, order))
            : known.OrderBy(ups => Value(ups, order));
        return [.. sorted, .. byName.Where(ups => Value(ups, order) is null)];
    }

    private static double? Value(UpsStreamView ups, UpsOrder order) =>
        order switch
        {
            UpsOrder.State => Rank(UpsCondition.Of(ups)),
            UpsOrder.Charge => ups.Reading?.BatteryChargePercent,
            UpsOrder.Runtime => ups.Reading?.BatteryRuntimeSeconds,
            UpsOrder.Load => ups.Reading?.LoadPercent,
            _ => null,
        };

    /// <summary>The worst first.</summary>
    private static double Rank(Condition condition) => -(int)condition;

    private static string Text(UpsStreamView ups, Func<UpsStreamView, string> said) =>
        $"{ups.Name} {ups.Reading?.Vendor} {ups.Reading?.Model} {ups.Reading?.Serial} {said(ups)}";
}
