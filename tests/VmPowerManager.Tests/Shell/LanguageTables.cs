using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using VmPowerManager.Accounts;
using VmPowerManager.Accounts.Pages;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Events;
using VmPowerManager.Events.Pages;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;
using VmPowerManager.Notifications;
using VmPowerManager.Notifications.Email;
using VmPowerManager.Notifications.Pages;
using VmPowerManager.Notifications.Webhook;
using VmPowerManager.Runs.Pages;
using VmPowerManager.Shell;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;
using VmPowerManager.Ups.Snmp;
using static VmPowerManager.Tests.Shell.LanguageKeys;

namespace VmPowerManager.Tests.Shell;

/// <summary>Texts that pages look up by a word of a table: what they write in <c>L[...]</c>, and all that it can be.</summary>
internal static class LanguageTables
{
    /// <summary>By "File: argument"; the first pattern that matches holds.</summary>
    private static readonly (string Use, Func<IEnumerable<string>> Words)[] All =
    [
        (@"ole\.ToString\(\)|RoleName|Needed\.ToString\(\)|r\.Value\.ToString\(\)", Roles),
        (@"RoleMeaning\.Of", () => Said(typeof(RoleMeaning))),
        ("StaticProblem.razor: refusal|StaticField.razor: Problem", Refusals),
        ("everity", Enum.GetNames<Severity>),
        ("EventsPage.razor: name", () => EventChoice.Types.Select(t => t.Name)),
        (@"HostCondition\.(Word|Of)|(GuestChip|HostCard).razor: _word|Host\w+.razor: _state\.Word", HostWords),
        ("GuestTable", () => Said(typeof(GuestActions))),
        (@"HostChecks.razor: \S+\.Title", () => CheckNames.All.Select(n => n.Title)),
        (@"HostChecks.razor: Word", () => Said(typeof(HostChecks), "Word")),
        ("MudTexts.cs", () => []), // MudBlazor asks, and has a test of its own
        (@"HostNames\.Extra", () => Said(typeof(HostNames), nameof(HostNames.Extra))),
        (@"HostFacts.razor: fact\.Name", () => HostNames.Facts),
        ("HostFacts.razor: word", () => HostNames.Capabilities((HostCapabilities)(-1))),
        ("HostForm.razor: hint", () => Said(typeof(HostNames), nameof(HostNames.PlatformHint))),
        (
            @"HostPage.razor: told\.Word",
            () => Said(typeof(HostPage), "TellAsync").Where(t => t.StartsWith("Told", StringComparison.Ordinal))
        ),
        ("HostTable.razor: text", () => Said(typeof(HostTable), ".cctor")),
        (@"ChannelCard.razor: State\.Word", () => Said(typeof(ChannelCard), "get_State")),
        ("Channel", () => Said(typeof(EmailChannel), ".ctor", "get_Title").Concat(WebhookWords())),
        ("DeliveriesTable", () => Said(typeof(DeliveriesTable), "Words")),
        (@"group\.Title", () => EventGroups.All.Select(g => g.Title)),
        (@"RunWords.cs: Spaced", Reasons),
        (@"at\.Words", () => Said(typeof(RunProgress), "get_Words")),
        (@"PlanCondition\.Of|(shown|Shown)\.Word", () => Said(typeof(PlanCondition))),
        ("ReadinessWords.cs: key", ReadyWords),
        ("DashboardPage.razor: missing", () => Said(typeof(DashboardPage), "Look")),
        (@"_now\.Word|Overall\.Word", () => Said(typeof(Overall), nameof(Overall.Of)).Append("No data")),
        (@"WelcomePage.razor: Title", () => Said(typeof(WelcomePage), "Title")),
        ("UpsBattery.razor: text", () => Said(typeof(UpsBattery), ".cctor")),
        (@"BatteryWords\.", () => Said(typeof(BatteryWords))),
        (
            @"reason\.Text|r\.Text",
            () => Sentences("Ups/Battery/BatteryAdvice.cs", @"""(?<text>(It is|The last|The UPS|Fully) [^""]*\.)""")
        ),
        (@"CanaryCard.razor: State\.Word", () => Said(typeof(CanaryCard), "get_State")),
        (@"QualityWords\.", () => Said(typeof(QualityWords), "Kind")),
        ("UpsPast.razor: Word", () => Said(typeof(UpsPast), "Word")),
        (@"UpsMains.razor: span\.Name", () => UpsSpan.All.Select(s => s.Name)),
        ("UpsTable.razor: text", () => Said(typeof(UpsTable), ".cctor")),
        (@"UpsListPage.razor: order\.ToString\(\)", Enum.GetNames<UpsOrder>),
        (
            @"UpsCard.razor: trace\.Label",
            () => Sentences("Ups/Pages/UpsCard.razor.cs", @"new Trace\(""(?<text>[^""]+)""")
        ),
        (@"range\.Name", () => UpsRange.All.Select(r => r.Name)),
        (@"line\.Name|chart\.Title|UpsCharts.razor: name", () => Said(typeof(UpsChartSet))),
        (
            @"scenario\.Title|known\.Title|Chosen\.Description",
            () => SimulatedScenarios.All.SelectMany(s => new[] { s.Title, s.Description })
        ),
        (@"UpsCommandList", () => Said(typeof(UpsDeviceCommand), ".cctor", nameof(UpsDeviceCommand.Of))),
        (@"UpsDriverFields", FieldWords),
        (@"UpsFindPage.razor: Word", () => Said(typeof(UpsFindPage), "get_Word")),
        (@"UpsFindPage.razor: needs", () => Sentences("Ups", @"Needs = ""(?<text>[^""]+)""")),
        (@"Traits\.Title|kind\.Title", () => UpsTraits().Select(t => t.Title)),
        (@"UpsVariableDialog.razor: problem", () => Said(typeof(UpsWritable), nameof(UpsWritable.Against))),
        (@"UpsTestOutcome.razor: Word", () => Said(typeof(UpsTestOutcome), "Word")),
        (@"UpsTestOutcome.razor: check\.State", Enum.GetNames<CheckState>),
        (@"UpsCondition\.Word|flag\.Word|UpsTestOutcome.razor: word", UpsWords),
    ];

    /// <summary>Null: nobody has said here where the words of this use come from.</summary>
    public static IEnumerable<string>? Words(string file, string argument) =>
        All.FirstOrDefault(table => Regex.IsMatch($"{file}: {argument}", table.Use)).Words?.Invoke();

    private static IEnumerable<string> Roles() => Enum.GetNames<Role>().Concat(Enum.GetNames<HostRole>());

    private static IEnumerable<string> HostWords() => Said(typeof(HostCondition));

    private static IEnumerable<string> UpsWords() => Said(typeof(UpsCondition)).Concat(Said(typeof(UpsFlag), ".cctor"));

    private static IEnumerable<string> WebhookWords() => Said(typeof(WebhookChannel), ".ctor", "get_Title");

    /// <summary>As the code has them, with numbers in the holes as a sentence keeps them.</summary>
    private static IEnumerable<string> ReadyWords() =>
        Sentences("Runs/Readiness.cs", @"new\(\s*""\w+"",\s*\d+,\s*\$""(?<text>[^""]+)""")
            .Select(text =>
            {
                var hole = 0;
                return Regex.Replace(text, @"\{[^{}]*\}", _ => $"{{{hole++}}}");
            });

    private static IEnumerable<string> FieldWords() =>
        UpsTraits()
            .SelectMany(t => t.Fields)
            .SelectMany(f => f.Choices.Where(IsWord).Select(c => c.Label).Append(f.Label).Append(f.Hint))
            .OfType<string>();

    /// <summary>Of every registered driver.</summary>
    private static IEnumerable<UpsDriverTraits> UpsTraits() =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddUps()
            .BuildServiceProvider()
            .GetServices<IUpsDriver>()
            .Select(driver => driver.Traits);

    /// <summary>Names of MIBs, algorithms and versions are the same in every language.</summary>
    private static bool IsWord(UpsChoice choice) =>
        choice.Label.Contains('(', StringComparison.Ordinal) && !choice.Label.Contains("MIB", StringComparison.Ordinal)
        || choice.Value is "none" or "off" or SnmpSettings.Auto;

    /// <summary>Whole sentences; those with names in them stay as the checks write them.</summary>
    internal static IEnumerable<string> Findings() =>
        Said(typeof(PlanProblems)).Concat(Said(typeof(PlanValidation))).Where(text => text.EndsWith('.'));

    /// <summary>What the static forms of accounts are refused with, likewise.</summary>
    private static IEnumerable<string> Refusals() =>
        Sentences("Accounts", @"(?<!Operation)Exception\(\s*""(?<text>\p{Lu}[^""]*\.)""")
            .Concat(Sentences("Accounts", @"(?<!\$)""(?<text>(is|must) [^""]*\.)"""))
            .Append(UnknownAccounts.Locked);

    /// <summary>The values that decide over a run, as its page names them.</summary>
    private static IEnumerable<string> Reasons()
    {
        var english = new ServiceCollection()
            .AddLocalization()
            .AddLogging()
            .BuildServiceProvider()
            .GetRequiredService<IStringLocalizer<Strings>>();
        var turn = typeof(PlanModel).Assembly.GetType("VmPowerManager.Core.Engine.Turn", throwOnError: true)!; // thrown
        var explainer = turn.Assembly.GetType("VmPowerManager.Core.Engine.Explainer", throwOnError: true)!; // thrown
        return LanguageKeys
            .All(turn, "ReasonsFor", "GateValues")
            .Concat(LanguageKeys.All(explainer, "Figures"))
            .Where(name => name != "because" && Regex.IsMatch(name, "^[a-z][A-Za-z]+$"))
            .Select(name => RunWords.Reason(english, name, "1").Name);
    }
}
