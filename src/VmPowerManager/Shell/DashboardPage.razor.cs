using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Shell;

/// <summary>The whole house on one page. The cards follow their own values; this follows who is there, and the sentence.</summary>
public sealed partial class DashboardPage
{
    /// <summary>Cards follow every reading: beyond this only the worst have one.</summary>
    private const int MostUpses = 24;

    private Overall _overall = Overall.Of([], []);
    private string _sentence = "";
    private string? _missing;
    private IReadOnlyList<int> _upses = [];
    private IReadOnlyList<int> _plans = [];
    private IReadOnlyList<int> _hosts = [];

    protected override void OnInitialized()
    {
        Watch(Upses.All, _ => Look());
        Watch(Plans.All, _ => Look());
        Watch(Hosts.Screens, picture => string.Join(',', picture.Hosts.Keys), _ => Look());
    }

    private void Look()
    {
        var (upses, plans, hosts) = (Upses.All.Value, Plans.All.Value, Hosts.Picture.Hosts);
        _overall = Overall.Of(upses.Values, plans.Values);
        _sentence = PowerSentence.Of([.. upses.Values], [.. plans.Values], L);
        _upses = [.. UpsListing.Foremost(upses.Values, MostUpses).Select(u => u.Id)];
        _plans = [.. plans.Values.OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase).Select(p => p.PlanId)];
        _hosts = [.. hosts.Values.OrderBy(h => h.Name, StringComparer.CurrentCultureIgnoreCase).Select(h => h.Id)];
        _missing =
            upses.IsEmpty ? null
            : hosts.IsEmpty ? "No host is known yet: nothing could be shut down."
            : plans.IsEmpty ? "There is no plan yet: nothing would be shut down."
            : null;
    }
}
