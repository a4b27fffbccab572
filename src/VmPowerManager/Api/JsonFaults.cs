using System.Text.Json;
using System.Text.RegularExpressions;
using VmPowerManager.Core;

namespace VmPowerManager.Api;

/// <summary>Says in the words of the API what is wrong with a body that could not be read: the path of the field, and
/// what was expected there, never the names of our types.</summary>
internal static partial class JsonFaults
{
    private static readonly string[] Required = ["is required."];

    public static InvalidInputException Explain(JsonException e)
    {
        var path = e.Path is null ? "" : Path(e.Path);
        if (Missing().Match(e.Message) is { Success: true } missing)
            return new InvalidInputException(
                Quoted()
                    .Matches(missing.Groups[1].Value)
                    .ToDictionary(m => Join(path, m.Groups[1].Value), _ => Required)
            );
        if (WrongType().Match(e.Message) is { Success: true } wrong)
            return new InvalidInputException(path, $"must be {Expected(wrong.Groups[1].Value)}.");
        if (e.Message.Contains("deserialized", StringComparison.Ordinal))
            return new InvalidInputException(path, "is not a value that can stand here.");
        return new InvalidInputException(
            path,
            $"is not valid JSON (line {(e.LineNumber ?? 0) + 1}, position {(e.BytePositionInLine ?? 0) + 1})."
        );
    }

    /// <summary><c>$.nut.port</c> as <c>nut.port</c>.</summary>
    private static string Path(string jsonPath) => jsonPath.TrimStart('$').TrimStart('.');

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Expected(string typeName)
    {
        var name = Nullable().Match(typeName) is { Success: true } nullable ? nullable.Groups[1].Value : typeName;
        return name switch
        {
            "System.Int32" or "System.Int64" => "a whole number",
            "System.Double" or "System.Decimal" => "a number",
            "System.Boolean" => "true or false",
            "System.String" => "text",
            "System.DateTimeOffset" => "a time such as 2026-01-01T00:00:00Z",
            _ when Enumeration(name) is { } type => $"one of {Values(type)}",
            _ when name.Contains("Collection", StringComparison.Ordinal)
                    || name.Contains("List", StringComparison.Ordinal)
                    || name.EndsWith("[]", StringComparison.Ordinal) => "a list",
            _ => "an object of the documented shape",
        };
    }

    private static Type? Enumeration(string name) =>
        AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(a => a.GetName().Name?.StartsWith(nameof(VmPowerManager), StringComparison.Ordinal) == true)
            .Select(a => a.GetType(name))
            .FirstOrDefault(t => t is { IsEnum: true });

    private static string Values(Type enumeration) =>
        string.Join(", ", Enum.GetNames(enumeration).Select(JsonNamingPolicy.CamelCase.ConvertName));

    [GeneratedRegex("missing required properties including: (.*)")]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"could not be converted to (.+?)\. Path:")]
    private static partial Regex WrongType();

    [GeneratedRegex(@"^System\.Nullable`1\[(.+)\]$")]
    private static partial Regex Nullable();
}
