using System.Globalization;
using Bunit;
using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;
using VmPowerManager.Tests.Components;
using VmPowerManager.Tests.Shell;

namespace VmPowerManager.Tests.Hosts.Pages;

/// <summary>What a probe found, as a person reads it.</summary>
public sealed class HostChecksTests : ScreenContext
{
    private static readonly HostCheck[] Checks =
    [
        new(CheckNames.Rights, HostCheckState.Ok, $"a member of Hyper-V Administrators"),
        new(CheckNames.Identity, HostCheckState.Ok, $"it is the controller of this machine ({"4c4c"})")
        {
            Way = "wake[0]",
        },
        new(CheckNames.HostKey, HostCheckState.Failed, Sentence.Verbatim("no matching host key type found"))
        {
            Way = "ssh",
        },
    ];

    [Fact]
    public void Checks_HaveTitlesAndSayWhichWay() =>
        Assert.Equal(
            [
                ("Rights", "a member of Hyper-V Administrators"),
                ("Way 1: Whose controller it is", "it is the controller of this machine (4c4c)"),
                ("SSH: Host key", "no matching host key type found"),
            ],
            Shown()
        );

    [Fact]
    public void Checks_InGerman_TranslateOurWords_AndLeaveThoseOfThePeer()
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = LanguageTests.Language;
        try
        {
            Assert.Equal(
                [
                    ("Rechte", "Mitglied der Hyper-V-Administratoren"),
                    ("Weg 1: Wessen Controller es ist", "ist der Controller dieser Maschine (4c4c)"),
                    ("SSH: Hostschlüssel", "no matching host key type found"),
                ],
                Shown()
            );
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private IEnumerable<(string Title, string Words)> Shown() =>
        Render<HostChecks>(p => p.Add(c => c.Checks, Checks))
            .FindAll("li")
            .Select(li =>
                (li.QuerySelector("strong")!.TextContent, li.QuerySelector(".vm-words")!.TextContent) // each has both
            );
}
