using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VmPowerManager.Core;

/// <summary>Says in the words of the API what is wrong with a body that could not be read: the path of the field, and
/// what was expected there, never the names of our types.</summary>
public static partial class JsonFaults
{
    private static readonly string[] Required = ["is required."];

    /// <summary>Reads a part of a body, such as the settings block of a driver.</summary>
    /// <param name="part">The part.</param>
    /// <param name="prefix">Where it stands in the body: <c>nut</c>.</param>
    /// <exception cref="InvalidInputException">It cannot be read; fields are named from the body's root.</exception>
    public static T Read<T>(JsonElement part, string prefix)
    {
        try
        {
            return part.Deserialize<T>(Json.Options)
                ?? throw new InvalidInputException(prefix, "must be an object of the documented shape.");
        }
        catch (JsonException e)
        {
            throw Explain(e, prefix);
        }
    }

    /// <summary>The refusal that a fault of the serializer means.</summary>
    public static InvalidInputException Explain(JsonException e, string prefix = "")
    {
        // $.nut.port as nut.port
        var path = (e.Path ?? "").TrimStart('$').TrimStart('.');
        if (prefix.Length > 0)
            path = path.Length == 0 ? prefix : $"{prefix}.{path}";
        if (Missing().Match(e.Message) is { Success: true } missing)
            return new InvalidInputException(
                Quoted()
                    .Matches(missing.Groups[1].Value)
                    .ToDictionary(m => Join(path, m.Groups[1].Value), _ => Required)
            );
        if (WrongType().Match(e.Message) is { Success: true } wrong)
            return new InvalidInputException(path, $"must be {Expected(wrong.Groups[1].Value, path)}.");
        return new InvalidInputException(
            path,
            $"is not valid JSON (line {(e.LineNumber ?? 0) + 1}, position {(e.BytePositionInLine ?? 0) + 1})."
        );
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The serializer names the type of the value, but for a record's constructor parameter the type that it
    /// belongs to.</summary>
    private static string Expected(string typeName, string path)
    {
        if (typeName.Contains("Collections.", StringComparison.Ordinal))
            return "a list";
        var name = NullableName().Match(typeName) is { Success: true } m ? m.Groups[1].Value : typeName;
        if (Find(name) is not { } type)
            return "an object of the documented shape";
        var field = path[(path.LastIndexOf('.') + 1)..];
        var property = type.GetProperty(field, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        return Describe(property is not null && IsOurs(type.Assembly) ? property.PropertyType : type);
    }

    private static string Describe(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(plain).Select(JsonNamingPolicy.CamelCase.ConvertName))}";
        if (plain == typeof(string))
            return "text";
        if (plain == typeof(bool))
            return "true or false";
        if (plain == typeof(int) || plain == typeof(long))
            return "a whole number";
        if (plain == typeof(double) || plain == typeof(decimal))
            return "a number";
        if (plain == typeof(DateTimeOffset))
            return "a time such as 2026-01-01T00:00:00Z";
        return plain.IsAssignableTo(typeof(IEnumerable)) ? "a list" : "an object of the documented shape";
    }

    private static Type? Find(string name) =>
        Type.GetType(name)
        ?? AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(IsOurs)
            .Select(a => a.GetType(name))
            .FirstOrDefault(t => t is not null);

    private static bool IsOurs(Assembly assembly) =>
        assembly.GetName().Name?.StartsWith(nameof(VmPowerManager), StringComparison.Ordinal) == true;

    [GeneratedRegex("missing required properties including: (.*)")]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"could not be converted to (.+?)\. Path:")]
    private static partial Regex WrongType();

    [GeneratedRegex(@"^System\.Nullable`1\[(.+)\]$")]
    private static partial Regex NullableName();
}
