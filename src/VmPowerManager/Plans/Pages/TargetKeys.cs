using System.Globalization;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Pages;

/// <summary>Targets as short texts, for lists to choose from: <c>g7</c> a guest, <c>h1</c> a host, <c>a1</c> all guests of
/// one, <c>u2</c> a UPS. Exceptions are not part of it. Pure.</summary>
public static class TargetKeys
{
    public static string Of(TargetDefinition target) =>
        target switch
        {
            { GuestId: { } id } => Text('g', id),
            { HostId: { } id } => Text('h', id),
            { GuestsOf: { } id } => Text('a', id),
            { UpsId: { } id } => Text('u', id),
            _ => "",
        };

    public static TargetDefinition? Parse(string? key) =>
        key is { Length: > 1 } && int.TryParse(key[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? key[0] switch
            {
                'g' => new() { GuestId = id },
                'h' => new() { HostId = id },
                'a' => new() { GuestsOf = id },
                'u' => new() { UpsId = id },
                _ => null,
            }
            : null;

    /// <summary>Hosts with their guests, all that there is.</summary>
    public static IEnumerable<TargetDefinition> All(EditorWorld world)
    {
        foreach (var host in world.Hosts)
        {
            yield return new() { HostId = host.Id };
            if (host.Guests.Count > 0)
                yield return new() { GuestsOf = host.Id };
            foreach (var guest in host.Guests)
            {
                if (guest.Id is { } id)
                    yield return new() { GuestId = id };
            }
        }
    }

    private static string Text(char kind, int id) => string.Create(CultureInfo.InvariantCulture, $"{kind}{id}");
}
