using System.Text.Json;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.Tests.Shell;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A check has a title in every language, and its own words are said in the reader's.</summary>
public sealed class CheckNamesTests
{
    [Fact]
    public void EveryName_HasATitle_InEnglishAndGerman()
    {
        var german = LanguageTests.Read(typeof(Strings), LanguageTests.Language);
        Assert.True(CheckNames.All.Count > 30, "The names were not found.");
        LanguageTests.None(
            CheckNames.All.Where(n => n.Title.Length == 0 || !german.ContainsKey(n.Title)).Select(n => n.Key)
        );
        Assert.Equal(CheckNames.All.Count, CheckNames.All.Select(n => n.Key).Distinct().Count());
    }

    /// <summary>A probe cannot yield another one: a check is made of a name alone, and names are made in one place.</summary>
    [Fact]
    public void Names_AreMadeInOnePlace()
    {
        var made = typeof(CheckName).GetConstructors(
            System.Reflection.BindingFlags.Instance
                | System.Reflection.BindingFlags.Public
                | System.Reflection.BindingFlags.NonPublic
        );
        Assert.DoesNotContain(made, c => c.IsPublic);
        Assert.Empty(
            LanguageKeys
                .Sentences("Hosts", @"new CheckName\(|CheckName \w+ = new\((?<text>"")")
                .Skip(CheckNames.All.Count)
        );
        Assert.Equal(typeof(CheckName), typeof(HostCheck).GetConstructors()[0].GetParameters()[0].ParameterType);
    }

    [Fact]
    public void Api_SaysNameAndDetail_InEnglish()
    {
        var check = new HostCheck(CheckNames.Login, HostCheckState.Ok, $"logged in as {"power"}") { Way = "wake[0]" };

        var told = JsonSerializer.SerializeToElement(check, Json.Options);

        Assert.Equal(
            ["detail logged in as power", "name wake[0].login", "state ok"],
            told.EnumerateObject().Select(p => $"{p.Name} {p.Value}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Secrets_AreTakenOutOfWhatWasGiven_NotOfOurWords()
    {
        var check = new HostCheck(CheckNames.Login, HostCheckState.Failed, $"logged in as {"sesame logged in"}");
        var told = DeviceWords.Tellable(
            new DeviceOutcome<HostProbe>(new HostProbe([check]), null, null),
            ["sesame", "logged in"]
        );
        var says = told.Value!.Checks[0].Says; // not null: it was given
        Assert.Equal("logged in as {0}", says.Key);
        Assert.DoesNotContain("sesame", says.ToString(), StringComparison.Ordinal);
    }
}
