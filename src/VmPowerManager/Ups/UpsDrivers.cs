namespace VmPowerManager.Ups;

/// <summary>The registered drivers, by id.</summary>
public sealed class UpsDrivers(IEnumerable<IUpsDriver> drivers)
{
    private readonly Dictionary<string, IUpsDriver> _drivers = drivers.ToDictionary(d => d.Id, StringComparer.Ordinal);

    public IReadOnlyCollection<string> Ids => _drivers.Keys;

    public IUpsDriver? Find(string id) => _drivers.GetValueOrDefault(id);

    /// <exception cref="InvalidOperationException">A stored UPS names a driver that this build does not have.</exception>
    public IUpsDriver Get(string id) =>
        Find(id) ?? throw new InvalidOperationException($"This version has no UPS driver \"{id}\".");
}
