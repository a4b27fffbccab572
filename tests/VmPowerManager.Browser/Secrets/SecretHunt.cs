using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace VmPowerManager.Browser.Secrets;

/// <summary>Looks for planted secrets in whatever it is shown, as they are, in base64 (of ASCII and of UTF-16), in hexadecimal
/// and escaped; remembers where it met one.</summary>
public sealed partial class SecretHunt(IReadOnlyDictionary<string, string> secrets)
{
    private readonly ConcurrentDictionary<string, string> _found = new();
    private readonly (string Name, string[] Forms)[] _forms = [.. secrets.Select(s => (s.Key, Forms(s.Value)))];

    /// <summary>A line for each secret and place.</summary>
    public IReadOnlyCollection<string> Found => [.. _found.Keys.Order().Select(k => $"{k}: {_found[k]}")];

    /// <summary>How many characters were looked at.</summary>
    public long Looked { get; private set; }

    /// <param name="except">A secret that belongs there.</param>
    public void Look(string where, string text, string? except = null)
    {
        Looked += text.Length;
        foreach (var (name, forms) in _forms.Where(f => f.Name != except))
            if (
                forms.Select(f => text.IndexOf(f, StringComparison.OrdinalIgnoreCase)).FirstOrDefault(i => i >= 0, -1)
                is >= 0
                    and var at
            )
                _found.TryAdd($"{name} in {where}", Around(text, at));
        foreach (Match token in Base64().Matches(text))
            LookInside(where, token.Value, except);
    }

    private void LookInside(string where, string token, string? except)
    {
        var whole = token[..(token.Length / 4 * 4)];
        var bytes = new byte[whole.Length];
        if (!Convert.TryFromBase64String(whole, bytes, out var length))
            return;
        foreach (
            var text in (string[])
                [Encoding.Latin1.GetString(bytes, 0, length), Encoding.Unicode.GetString(bytes, 0, length)]
        )
        foreach (var (name, forms) in _forms.Where(f => f.Name != except))
            if (forms.Any(f => text.Contains(f, StringComparison.OrdinalIgnoreCase)))
                _found.TryAdd($"{name} in {where}", $"in base64: {Around(text, 0)}");
    }

    private static string[] Forms(string secret) =>
        [
            .. new[]
            {
                secret,
                Uri.EscapeDataString(secret),
                Convert.ToHexString(Encoding.UTF8.GetBytes(secret)),
                secret.Contains(':') ? secret.Replace(":", "", StringComparison.Ordinal) : secret,
                secret.Contains(':') ? secret.Replace(':', '-') : secret,
            }.Distinct(),
        ];

    private static string Around(string text, int at)
    {
        var from = Math.Max(0, at - 80);
        return new([
            .. text.Substring(from, Math.Min(200, text.Length - from)).Select(c => char.IsControl(c) ? ' ' : c),
        ]);
    }

    [GeneratedRegex("[A-Za-z0-9+/]{12,20000}")]
    private static partial Regex Base64();
}
