using VmPowerManager.Core;

namespace VmPowerManager.Ups.Canaries;

/// <summary>Reads canaries, from memory.</summary>
internal sealed class CanaryQueries(CanaryFeed feed)
{
    /// <summary>All, by name.</summary>
    public Page<CanaryStateView> List() =>
        new([
            .. feed
                .All.Value.Values.Select(p => CanaryStateView.Of(p.Canary, p.Seen))
                .OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase),
        ]);

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public CanaryStateView Get(int id) =>
        feed.All.Value.TryGetValue(id, out var picture)
            ? CanaryStateView.Of(picture.Canary, picture.Seen)
            : throw new NotFoundException($"Canary {id}");
}
