using System.Security.Cryptography;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Notifications;

/// <summary>The secrets of a channel: one protected object of names and values (DESIGN 4).</summary>
internal static class ChannelSecrets
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>Null where the key that protected them is gone.</summary>
    public static IReadOnlyDictionary<string, string>? TryOpen(ChannelRow row, SecretBox box)
    {
        try
        {
            return row.Secrets is null ? None : box.Unprotect<Dictionary<string, string>>(row.Secrets);
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Those that were sent with a new channel.</summary>
    public static IReadOnlyDictionary<string, string> Sent(ChannelInput input) =>
        input
            .Block.Secrets.Where(s => !string.IsNullOrEmpty(s.Value))
            // Not null: filtered above.
            .ToDictionary(s => s.Key, s => s.Value!, StringComparer.Ordinal);

    /// <summary>What is kept and what is new: null keeps, "" clears, and a changed address asks again.</summary>
    /// <exception cref="InvalidInputException">A stored secret must be entered again.</exception>
    public static IReadOnlyDictionary<string, string> Merge(ChannelRow row, ChannelInput input, SecretBox box)
    {
        var same = row.Kind == input.Kind.Kind;
        var stored = same ? TryOpen(row, box) : None;
        var moved = !same || AddressChanged(row, input);
        var errors = new FieldErrors();
        var merged = new Dictionary<string, string>(Sent(input), StringComparer.Ordinal);
        foreach (var (name, _) in input.Block.Secrets.Where(s => s.Value is null))
        {
            if (stored?.GetValueOrDefault(name) is not { } kept)
                continue;
            if (moved)
                errors.Add($"{row.Kind}.{name}", "Address changed: enter it again.");
            merged[name] = kept;
        }
        errors.ThrowIfAny();
        return merged;
    }

    /// <summary>What to store. Secrets that cannot be opened stay while nothing else is entered: whoever restores the
    /// keys has them again.</summary>
    /// <param name="row">As it was before the edit.</param>
    public static string? Seal(
        ChannelRow row,
        ChannelInput input,
        IReadOnlyDictionary<string, string> secrets,
        SecretBox box
    )
    {
        var unreadable = row.Kind == input.Kind.Kind && TryOpen(row, box) is null;
        if (unreadable && secrets.Count == 0 && !AddressChanged(row, input))
            return row.Secrets;
        return secrets.Count == 0 ? null : box.Protect(secrets);
    }

    private static bool AddressChanged(ChannelRow row, ChannelInput input)
    {
        try
        {
            var before = input.Kind.Address(JsonElement.Parse(row.Settings));
            return !before.Equals(input.Kind.Address(input.Block.Settings), StringComparison.OrdinalIgnoreCase);
        }
        catch (JsonException)
        {
            // Where it went before is not known.
            return true;
        }
    }
}
