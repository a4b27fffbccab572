using System.Security.Claims;

namespace VmPowerManager.Events;

/// <summary>Who may see who did something: Viewers see what happened, not whose address did it.</summary>
public static class EventAudience
{
    public static bool SeesActors(ClaimsPrincipal reader) =>
        reader.IsInRole("Operator") || reader.IsInRole("Administrator");

    /// <summary>The event as this reader may see it.</summary>
    public static EventEntry For(this EventEntry entry, ClaimsPrincipal reader) =>
        entry.Actor is not { Length: > 0 } actor || SeesActors(reader)
            ? entry
            : entry with
            {
                Actor = null,
                Source = entry.Source == actor ? "Somebody" : entry.Source,
                Message = entry.Message.Replace(actor, "Somebody", StringComparison.Ordinal),
            };
}
