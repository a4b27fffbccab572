using System.Text.RegularExpressions;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Tests.Told;

namespace VmPowerManager.Tests.Shell;

/// <summary>Every sentence that the engine, an event or a refusal can say has its German, with the same holes (F9).</summary>
public sealed class SentenceTests
{
    /// <summary>A language file does not tell capitals from small letters.</summary>
    private static readonly Dictionary<string, string> German = new(
        LanguageTests.Read(typeof(Sentences), LanguageTests.Language),
        StringComparer.OrdinalIgnoreCase
    );

    [Fact]
    public void EverySentence_ExistsInGerman() => LanguageTests.None(Keys().Where(key => !German.ContainsKey(key)));

    [Fact]
    public void EveryGermanSentence_IsWanted() =>
        LanguageTests.None(German.Keys.Except(Keys(), StringComparer.OrdinalIgnoreCase));

    [Fact]
    public void Translations_FillInTheSamePlaces() =>
        LanguageTests.None(
            German.Where(t => LanguageTests.Places(t.Key) != LanguageTests.Places(t.Value)).Select(t => t.Key)
        );

    [Fact]
    public void Translations_AreSortedAndNotEmpty()
    {
        var keys = LanguageKeys.KeysOf("Components/Sentences.de.resx");
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys.Count, German.Count);
        Assert.DoesNotContain(German.Values, string.IsNullOrWhiteSpace);
    }

    /// <summary>Of the compiled code; those without a word in them are the same in every language.</summary>
    private static HashSet<string> Keys()
    {
        var keys = SentenceKeys
            .Of(typeof(Sentence).Assembly)
            .Concat(SentenceKeys.Of(typeof(Sentences).Assembly))
            .Concat(LanguageTables.Findings())
            .Where(key => Regex.IsMatch(Regex.Replace(key, @"\{\d+\}", ""), @"\p{L}{2}"))
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(keys.Count > 200, "The sentences were not found.");
        return keys;
    }
}
