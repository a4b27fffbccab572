using System.Security.Cryptography;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>The secrets of a UPS: one protected object of API names and values (DESIGN 4).</summary>
internal static class UpsSecrets
{
    private const string EnterAgain = "Address changed: enter the password again.";
    private static readonly Dictionary<string, string> None = [];

    /// <exception cref="CryptographicException">The key that protected them is gone.</exception>
    public static IReadOnlyDictionary<string, string> Open(UpsRow row, SecretBox box) =>
        row.Secrets is null ? None : box.Unprotect<Dictionary<string, string>>(row.Secrets);

    /// <summary>Null where the key is gone: the UPS is then read without them, as far as it lets us.</summary>
    public static IReadOnlyDictionary<string, string>? TryOpen(UpsRow row, SecretBox box)
    {
        try
        {
            return Open(row, box);
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    /// <summary>What to store; the same text where nothing changed, so that an edit does not look like a new password.</summary>
    /// <param name="row">As it was before the edit.</param>
    public static string? Seal(UpsRow row, UpsInput input, IReadOnlyDictionary<string, string> secrets, SecretBox box)
    {
        var stored = TryOpen(row, box);
        // Whoever restores the keys has them again.
        if (stored is null && row.Driver == input.Driver.Id && input.Secrets.Count == 0)
            return row.Secrets;
        if (secrets.Count == 0)
            return null;
        var same = stored is not null && stored.Count == secrets.Count && !stored.Except(secrets).Any();
        return same ? row.Secrets : box.Protect(secrets);
    }

    /// <summary>What is kept and what is new: left out keeps, "" clears, and a changed address asks again, so that a stored
    /// secret cannot be sent to a server of the editor's choice.</summary>
    /// <exception cref="InvalidInputException">A stored secret must be entered again.</exception>
    public static IReadOnlyDictionary<string, string> Merge(UpsRow row, UpsInput input, SecretBox box)
    {
        var stored = row.Driver == input.Driver.Id ? TryOpen(row, box) : None;
        var moved = AddressChanged(row, input);
        var errors = new FieldErrors();
        // They stay as they are, and would go to the new address once the keys are restored.
        if (stored is null && moved && input.Secrets.Count == 0)
        {
            foreach (var key in input.Driver.Traits.Secrets)
                errors.Add($"{input.Driver.Id}.{key}", EnterAgain);
        }
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in stored ?? None)
        {
            if (input.Secrets.ContainsKey(name))
                continue;
            if (moved)
                errors.Add(name, EnterAgain);
            merged[name] = value;
        }
        errors.ThrowIfAny();
        foreach (var (name, value) in input.Secrets.Where(s => s.Value.Length > 0))
            merged[name] = value;
        return merged;
    }

    /// <summary>Whether an edit lets it point elsewhere.</summary>
    public static bool AddressChanged(UpsRow row, UpsInput input)
    {
        if (row.Driver != input.Driver.Id)
            return true;
        try
        {
            using var before = JsonDocument.Parse(row.Settings);
            return input.Driver.Traits.Address.Any(key =>
                !Text(before.RootElement, key).Equals(Text(input.Settings, key), StringComparison.OrdinalIgnoreCase)
            );
        }
        catch (JsonException)
        {
            // Where it went before is not known.
            return true;
        }
    }

    private static string Text(JsonElement settings, string key) =>
        settings.TryGetProperty(key, out var value) ? value.ToString() : "";
}
