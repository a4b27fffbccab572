using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmPowerManager.Core;

/// <summary>What the engine has to say, kept as a key in English with numbered holes and what fills them, so that it can
/// be said in another language. Written as an interpolated string; a hole may hold a sentence of its own.</summary>
[InterpolatedStringHandler]
[JsonConverter(typeof(SentenceConverter))]
public sealed class Sentence : IEquatable<Sentence>
{
    private readonly StringBuilder? _building;
    private readonly ImmutableArray<object>.Builder? _filling;

    /// <summary>The compiler's way in.</summary>
    public Sentence(int literalLength, int formattedCount)
    {
        _building = new StringBuilder(literalLength + (formattedCount * 3));
        _filling = ImmutableArray.CreateBuilder<object>(formattedCount);
    }

    public Sentence(string key, ImmutableArray<object> arguments) => (Key, Arguments) = (key, arguments);

    /// <summary>A sentence where the compiler would take an interpolated string for a text.</summary>
    public static Sentence Of(Sentence sentence) => sentence;

    /// <summary>Words of somebody else's, which no language of ours has.</summary>
    public static Sentence Verbatim(string words) => new("{0}", [words]);

    /// <summary>A sentence without holes.</summary>
    public static Sentence Fixed(string words) => new(Escaped(words), []);

    /// <summary>Several things in a row, such as names or steps tried.</summary>
    public static Sentence Join(string separator, IEnumerable<Sentence> parts)
    {
        var all = parts.ToImmutableArray<object>();
        return new(string.Join(separator, all.Select((_, i) => $"{{{i}}}")), all);
    }

    /// <summary>Without the full stop, for within another sentence.</summary>
    public Sentence Bare() =>
        Key == "{0}" && Arguments is [string words] ? Verbatim(words.TrimEnd('.')) : new(Key.TrimEnd('.'), Arguments);

    /// <summary>English, with <c>{0}</c> ... for the holes; the key of the localised strings.</summary>
    public string Key => field ??= _building?.ToString() ?? "";

    /// <summary>Each a <see cref="string"/> or a <see cref="Sentence"/>.</summary>
    public ImmutableArray<object> Arguments => field.IsDefault ? field = _filling?.ToImmutable() ?? [] : field;

    public void AppendLiteral(string text) => _building?.Append(Escaped(text));

    public void AppendFormatted(Sentence? value) => Fill((object?)value ?? "");

    public void AppendFormatted<T>(T value, string? format = null) =>
        Fill(
            value is IFormattable formattable
                ? formattable.ToString(format, CultureInfo.InvariantCulture)
                : value?.ToString() ?? ""
        );

    private static string Escaped(string text) =>
        text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private void Fill(object value)
    {
        _building?.Append('{').Append(_filling?.Count).Append('}');
        _filling?.Add(value);
    }

    /// <summary>In English.</summary>
    public override string ToString() => Say(key => key);

    /// <summary>In the language of <paramref name="translate"/>, which gives a key's text, or the key where it has none.</summary>
    public string Say(Func<string, string> translate)
    {
        object?[] said = [.. Arguments.Select(a => a is Sentence nested ? nested.Say(translate) : a)];
        return string.Format(CultureInfo.InvariantCulture, translate(Key), said);
    }

    public static implicit operator string?(Sentence? sentence) => sentence?.ToString();

    public bool Equals(Sentence? other) =>
        other is not null && Key == other.Key && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object? obj) => Equals(obj as Sentence);

    public override int GetHashCode() => HashCode.Combine(Key, Arguments.Length);
}

/// <summary><c>["key", argument, ...]</c>; a plain string, as older versions stored, is somebody's words.</summary>
public sealed class SentenceConverter : JsonConverter<Sentence>
{
    public override Sentence? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return Sentence.Verbatim(reader.GetString() ?? "");
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
            throw new JsonException("A sentence is a text, or a list that begins with one.");
        var key = reader.GetString() ?? "";
        var arguments = ImmutableArray.CreateBuilder<object>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
                arguments.Add(reader.GetString() ?? "");
            else if (Read(ref reader, typeToConvert, options) is { } nested)
                arguments.Add(nested);
        }
        return new Sentence(key, arguments.ToImmutable());
    }

    public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Key);
        foreach (var argument in value.Arguments)
        {
            if (argument is Sentence nested)
                Write(writer, nested, options);
            else
                writer.WriteStringValue((string)argument);
        }
        writer.WriteEndArray();
    }
}
