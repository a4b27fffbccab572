using System.Globalization;
using System.Resources;
using Microsoft.Extensions.Localization;
using VmPowerManager.Core;

namespace VmPowerManager.Components;

/// <summary>What the engine, events and refusals say, in the reader's language: the keys are theirs, the other languages
/// are in Sentences.XX.resx beside this.</summary>
public static class Sentences
{
    private static readonly ResourceManager Texts = new(typeof(Sentences)) { IgnoreCase = true };

    /// <summary>The sentence in the language that <paramref name="l"/> speaks: the reader's. Nothing says nothing.</summary>
    public static string Say(this IStringLocalizer l, Sentence? sentence)
    {
        ArgumentNullException.ThrowIfNull(l);
        return sentence is null ? "" : Said(sentence);
    }

    /// <summary>As <see cref="Say"/>, where no page is at hand: the reader is who is served at this moment.</summary>
    internal static string Said(Sentence sentence) => sentence.Say(Translate);

    private static string Translate(string key) =>
        Texts.GetString(key, CultureInfo.CurrentUICulture) ?? Bare(key) ?? key;

    /// <summary>Within another sentence a sentence has no full stop.</summary>
    private static string? Bare(string key) => Texts.GetString(key + ".", CultureInfo.CurrentUICulture)?.TrimEnd('.');
}
