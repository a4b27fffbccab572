using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;

namespace VmPowerManager.Protocols;

/// <summary>A peer may quote what it was sent, "Cannot POST /hooks/TOKEN", and everybody reads its words: secrets are taken
/// out of them.</summary>
public static partial class PeerWords
{
    private const string Hidden = "…";

    /// <summary>Anything shorter stands in ordinary words, too.</summary>
    private const int ShortestSecret = 4;
    private const int ShortestPart = 8;
    private static readonly char[] Separators = [' ', '/', '?', '&', '=', ';', '\n', '\r', '\t'];

    /// <summary>The words without the secrets, their parts, and what holds one in base64 or escaped for an address.</summary>
    public static string Without(string words, IEnumerable<string> secrets)
    {
        var given = secrets.Where(s => s.Length >= ShortestSecret).ToList();
        if (given.Count == 0 || words.Length == 0)
            return words;
        var hidden = given
            .Concat(given.SelectMany(s => s.Split(Separators)).Where(s => s.Length >= ShortestPart))
            .ToList();
        var clear = hidden
            .Concat(hidden.Select(Uri.EscapeDataString))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(s => s.Length)
            .Aggregate(words, (text, secret) => text.Replace(secret, Hidden, StringComparison.OrdinalIgnoreCase));
        return Encoded().Replace(clear, match => Holds(match.Value, hidden) ? Hidden : match.Value);
    }

    /// <summary>As the header of HTTP's Basic authentication does.</summary>
    private static bool Holds(string token, List<string> secrets)
    {
        var bytes = Encoding.ASCII.GetBytes(token[..(token.Length / 4 * 4)]);
        return Base64.DecodeFromUtf8InPlace(bytes, out var length) == System.Buffers.OperationStatus.Done
            && secrets.Exists(s => Encoding.UTF8.GetString(bytes, 0, length).Contains(s, StringComparison.Ordinal));
    }

    [GeneratedRegex("[A-Za-z0-9+/]{8,}={0,2}")]
    private static partial Regex Encoded();
}
