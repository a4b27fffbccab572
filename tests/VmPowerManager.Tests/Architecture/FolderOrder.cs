using ArchUnitNET.Domain;

namespace VmPowerManager.Tests.Architecture;

/// <summary>Who may use whom (DESIGN 2), and who breaks it: one line an offence, naming both.</summary>
internal static class FolderOrder
{
    private const string Root = "VmPowerManager";

    /// <summary>A folder may use those to its left.</summary>
    public static readonly IReadOnlyList<string> Folders =
    [
        "Storage",
        "Components",
        "Events",
        "Accounts",
        "Ups",
        "Hosts",
        "Plans",
        "Runs",
        "Notifications",
        "Api",
        "Shell",
    ];

    /// <summary>Features whose subfolders are drivers: each is closed but to its feature's registration.</summary>
    private static readonly string[] DriverFeatures = ["Ups", "Hosts", "Notifications"];

    /// <summary>Subfolders that are a part of their feature, not a driver.</summary>
    private static readonly string[] Parts =
    [
        "Ups.Battery",
        "Ups.Canaries",
        "Ups.Discovery",
        "Ups.History",
        "Ups.Outages",
        "Ups.Pages",
        "Ups.Quality",
        "Ups.Simulator",
        "Hosts.Pages",
        "Hosts.SelfHost",
        "Notifications.Pages",
    ];

    /// <summary>What a driver never touches, besides the folders of other features.</summary>
    private static readonly string[] ForbiddenToDrivers =
    [
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Data.Sqlite",
        "Microsoft.AspNetCore",
        "MudBlazor",
    ];

    /// <summary>A use of one type by another, by full name.</summary>
    internal sealed record Use(string From, string FromNamespace, string To, string ToNamespace);

    public static IEnumerable<Use> Uses(ArchUnitNET.Domain.Architecture architecture) =>
        architecture
            .Types.Where(t => t.Namespace is not null && IsApp(t.Namespace.FullName))
            .SelectMany(t => t.Dependencies.Select(d => new Use(Name(t), Space(t), Name(d.Target), Space(d.Target))))
            .Distinct();

    public static IEnumerable<string> Violations(IEnumerable<Use> uses) => uses.Select(Violation).OfType<string>();

    private static string? Violation(Use use)
    {
        var (from, to) = (Folder(use.FromNamespace), Folder(use.ToNamespace));
        if (from is null)
            return null;
        if (to is not null && Folders.IndexOf(to) > Folders.IndexOf(from))
            return $"{use.From} uses {use.To}: {from} is to the left of {to}.";
        if (Driver(use.ToNamespace) is { } used && Driver(use.FromNamespace) != used && !IsRegistration(use, to))
            return $"{use.From} uses {use.To}: {used} is closed but to the registration of {to}.";
        if (Driver(use.FromNamespace) is not { } driver)
            return null;
        if (to is not null && to != from)
            return $"{use.From} uses {use.To}: the driver {driver} knows only {from} and its protocol.";
        return ForbiddenToDrivers.Any(f => use.ToNamespace.StartsWith(f, StringComparison.Ordinal))
            ? $"{use.From} uses {use.To}: a driver has no storage and no pages."
            : null;
    }

    private static bool IsRegistration(Use use, string? feature) =>
        use.FromNamespace == $"{Root}.{feature}"
        && use.From.Split('+', '/')[0].EndsWith("Registration", StringComparison.Ordinal);

    private static bool IsApp(string space) =>
        space.StartsWith($"{Root}.", StringComparison.Ordinal) && Folder(space) is not null;

    /// <summary><c>VmPowerManager.Ups.Nut</c>: Ups.</summary>
    private static string? Folder(string space) =>
        space.Split('.') is [Root, var folder, ..] && Folders.Contains(folder) ? folder : null;

    /// <summary><c>VmPowerManager.Ups.Snmp.Dialects</c>: Ups.Snmp.</summary>
    private static string? Driver(string space) =>
        space.Split('.') is [Root, var feature, var driver, ..]
        && DriverFeatures.Contains(feature)
        && !Parts.Contains($"{feature}.{driver}")
            ? $"{feature}.{driver}"
            : null;

    private static string Name(IType type) => type.FullName;

    private static string Space(IType type) => type.Namespace?.FullName ?? "";

    private static int IndexOf(this IReadOnlyList<string> list, string item) =>
        Enumerable.Range(0, list.Count).First(i => list[i] == item);
}
