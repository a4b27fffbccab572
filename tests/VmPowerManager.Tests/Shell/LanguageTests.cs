using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Bunit;
using VmPowerManager.Components;
using VmPowerManager.Tests.Components;

namespace VmPowerManager.Tests.Shell;

/// <summary>Every text of a page exists in every language, and says the same things in the same places.</summary>
public sealed partial class LanguageTests : ScreenContext
{
    internal static readonly CultureInfo Language = CultureInfo.GetCultureInfo("de");

    private static readonly IReadOnlyDictionary<string, string> German = Read(typeof(Strings), Language);

    /// <summary>MudBlazor's own texts, in its English.</summary>
    private static readonly IReadOnlyDictionary<string, string> Mud = Read(
        typeof(MudBlazor.MudAlert).Assembly.GetType("MudBlazor.Resources.LanguageResource", throwOnError: true)!, // thrown
        CultureInfo.InvariantCulture
    );

    /// <summary>The components of MudBlazor that speak and that pages use.</summary>
    private static readonly string[] MudSpeakers =
    [
        "MudAlert_",
        "MudDialog_",
        "MudFormComponent_",
        "MudInput_",
        "MudSnackbar_",
        "MudTable_Loading",
    ];

    [Fact]
    public void TextsThatAreLookedUp_AreKnownToThisTest() =>
        None(
            LanguageKeys
                .Uses.Where(use => LanguageKeys.Literals(use.Argument) is null)
                .Where(use => LanguageTables.Words(use.File, use.Argument) is null)
                .Select(use => $"{use.File}: L[{use.Argument}]: say in LanguageTables what it can be")
        );

    [Fact]
    public void EveryTextOfThePages_ExistsInGerman() => None(Keys().Where(key => !German.ContainsKey(key)));

    [Fact]
    public void EveryGermanText_IsWanted() => None(German.Keys.Except(Keys()).Where(key => !Mud.ContainsKey(key)));

    [Fact]
    public void Translations_FillInTheSamePlaces() =>
        None(German.Where(t => Places(Mud.GetValueOrDefault(t.Key) ?? t.Key) != Places(t.Value)).Select(t => t.Key));

    [Fact]
    public void Translations_AreSortedAndNotEmpty()
    {
        var keys = LanguageKeys.KeysOf("Components/Strings.de.resx");
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys.Count, German.Count);
        Assert.DoesNotContain(German.Values, string.IsNullOrWhiteSpace);
    }

    [Fact]
    public void ComponentsOfMudBlazor_SpeakGerman()
    {
        var wanted = Mud.Keys.Where(key => MudSpeakers.Any(s => key.StartsWith(s, StringComparison.Ordinal))).ToList();
        Assert.True(wanted.Count >= MudSpeakers.Length, "MudBlazor calls its texts otherwise now.");
        None(wanted.Where(key => !German.ContainsKey(key)));
    }

    [Fact]
    public void Component_GermanCulture_SpeaksGerman()
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (Language, Language);
        try
        {
            var silent = Render<Quantity>(p => p.Add(c => c.Value, null).Add(c => c.Unit, "V"));
            Assert.Equal("unbekannt", silent.Find("span").TextContent);
            var told = Render<Quantity>(p => p.Add(c => c.Value, 12.5).Add(c => c.Unit, "V").Add(c => c.Format, "0.0"));
            Assert.Equal("12,5", told.Find(".vm-figure").TextContent);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    private static HashSet<string> Keys()
    {
        var keys = LanguageKeys
            .Uses.SelectMany(use =>
                LanguageKeys.Literals(use.Argument) ?? LanguageTables.Words(use.File, use.Argument) ?? []
            )
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(keys.Count > 500, "The texts of the pages were not found.");
        return keys;
    }

    internal static Dictionary<string, string> Read(Type source, CultureInfo language) =>
        (
            new ResourceManager(source).GetResourceSet(language, createIfNotExists: true, tryParents: false)
            ?? throw new InvalidOperationException($"{source.Name} has no texts in {language.EnglishName}.")
        )
            .Cast<DictionaryEntry>()
            .ToDictionary(text => (string)text.Key, text => (string)text.Value!); // resource texts are never null

    internal static void None(IEnumerable<string> found)
    {
        var lines = string.Join('\n', found.Distinct().Order(StringComparer.Ordinal));
        Assert.True(lines.Length == 0, lines);
    }

    internal static string Places(string text) =>
        string.Join(',', Place().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\d[^}]*\}")]
    private static partial Regex Place();
}
