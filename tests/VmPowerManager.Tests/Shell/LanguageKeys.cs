using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VmPowerManager.Tests.Shell;

/// <summary>What pages ask the language for: the argument of every <c>L[...]</c> in their sources.</summary>
internal static partial class LanguageKeys
{
    private static readonly string App = Path.GetFullPath(Path.Combine(Here(), "../../../src/VmPowerManager"));

    /// <summary>Every argument as it is written, with the file that it is in.</summary>
    public static IReadOnlyList<(string File, string Argument)> Uses { get; } =
    [
        .. Directory
            .EnumerateFiles(App, "*.*", SearchOption.AllDirectories)
            .Where(f =>
                !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)
            )
            .Select(f => (Name: Path.GetFileName(f), Text: Speaks(f) ? File.ReadAllText(f) : ""))
            .SelectMany(f => Use().Matches(f.Text).Select(use => (f.Name, Argument(f.Text, use.Index + use.Length)))),
    ];

    /// <summary>The texts of an argument that is one literal, or a choice between literals; null: it is looked up.</summary>
    public static IReadOnlyList<string>? Literals(string argument)
    {
        var choices = Choice().Match(argument);
        return Literal().Match(argument) is { Success: true } one ? [Regex.Unescape(one.Groups["text"].Value)]
            : choices.Success
                ? [Regex.Unescape(choices.Groups["one"].Value), Regex.Unescape(choices.Groups["other"].Value)]
            : null;
    }

    /// <summary>What the compiled methods of a type say: their string literals that are words for people, not names of
    /// fields or tokens. Without names, all its methods and tables.</summary>
    public static IEnumerable<string> Said(Type type, params string[] methods) =>
        All(type, methods).Where(text => Words().IsMatch(text));

    /// <summary>As <see cref="Said"/>, with single words in lower case.</summary>
    public static IEnumerable<string> All(Type type, params string[] methods)
    {
        const BindingFlags Any =
            BindingFlags.Static
            | BindingFlags.Instance
            | BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.DeclaredOnly;
        // Async methods and lambdas are compiled into types and methods named after their own.
        var bodies = type.GetNestedTypes(BindingFlags.NonPublic)
            .Where(t => t.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Append(type)
            .SelectMany(t =>
                t.GetMembers(Any).OfType<MethodBase>().Select(m => (Name: $"{t.Name} {m.Name}", Method: m))
            )
            .Where(m => methods.Length == 0 || methods.Any(name => Named(m.Name, name)));
        var found = bodies.SelectMany(m => LiteralsOf(m.Method)).Distinct().ToList();
        return found.Count > 0 ? found : throw new InvalidOperationException($"{type.Name} says nothing.");
    }

    /// <summary>The group "text" of every match in a source file, or in all C# files of a folder.</summary>
    public static IEnumerable<string> Sentences(string path, string pattern)
    {
        var full = Path.Combine(App, path);
        var files = File.Exists(full) ? [full] : Directory.GetFiles(full, "*.cs", SearchOption.AllDirectories);
        var found = files.SelectMany(f => Regex.Matches(File.ReadAllText(f), pattern)).ToList();
        return found.Count > 0
            ? found.Select(m => m.Groups["text"].Value)
            : throw new InvalidOperationException($"{path} has nothing like {pattern}.");
    }

    /// <summary>The names of a language file in their order.</summary>
    public static List<string> KeysOf(string resx) =>
        [.. XDocument.Load(Path.Combine(App, resx)).Descendants("data").Select(d => d.Attribute("name")!.Value)]; // has one

    private static bool Named(string member, string name) =>
        member.EndsWith($" {name}", StringComparison.Ordinal) || member.Contains($"<{name}>", StringComparison.Ordinal);

    /// <summary>The operands of <c>ldstr</c> (0x72), whose tokens have the table 0x70.</summary>
    private static IEnumerable<string> LiteralsOf(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + 5 <= code.Length; i++)
            if (code[i] == 0x72 && code[i + 4] == 0x70)
                yield return method.Module.ResolveString(BitConverter.ToInt32(code, i + 1));
    }

    /// <summary>Up to the comma or bracket that ends it.</summary>
    private static string Argument(string text, int begin)
    {
        var (depth, quoted) = (0, false);
        for (var i = begin; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '\\')
                i++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && depth == 0 && c is ',' or ']')
                return Spaces().Replace(text[begin..i].Trim(), " ");
            else if (!quoted)
                depth +=
                    c is '(' or '[' or '{' ? 1
                    : c is ')' or ']' or '}' ? -1
                    : 0;
        }
        throw new InvalidOperationException($"A text never ends: {text[begin..Math.Min(text.Length, begin + 60)]}");
    }

    private static bool Speaks(string file) =>
        file.EndsWith(".razor", StringComparison.Ordinal)
        || (
            file.EndsWith(".cs", StringComparison.Ordinal)
            && (
                file.Contains("/Pages/", StringComparison.Ordinal)
                || file.Contains("/Shell/", StringComparison.Ordinal)
                || file.Contains("/Components/", StringComparison.Ordinal)
            )
        );

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!; // a file has a folder

    [GeneratedRegex(@"(?<![\w.""])[lL]\[")]
    private static partial Regex Use();

    [GeneratedRegex("""^"(?<text>(?:[^"\\]|\\.)*)"$""")]
    private static partial Regex Literal();

    [GeneratedRegex("""^[^"]*\? "(?<one>(?:[^"\\]|\\.)*)" : "(?<other>(?:[^"\\]|\\.)*)"$""")]
    private static partial Regex Choice();

    /// <summary>A capital, a figure or a place at the beginning, and a lower case letter in it; or several words.</summary>
    [GeneratedRegex(@"^(?=.*\p{Ll})[\p{Lu}\d{]|^\p{Ll}+ \p{Ll}")]
    private static partial Regex Words();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
