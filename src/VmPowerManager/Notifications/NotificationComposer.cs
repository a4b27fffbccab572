using System.Globalization;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Plans;
using VmPowerManager.Ups;

namespace VmPowerManager.Notifications;

/// <summary>Makes a message of an event, with the readings of that moment: an hour later they would say something else.</summary>
internal sealed class NotificationComposer(Site site, UpsMonitor upses, PlanDirectory plans, TimeProvider time)
{
    public Notification Compose(EventEntry what, string key) =>
        new()
        {
            Key = key,
            Title = $"[{what.Severity.ToString().ToUpperInvariant()}] {Headline(what)}",
            Severity = Json(what.Severity.ToString()),
            Message = what.Message,
            At = what.At,
            Facts = [new("When", When(what.At)), .. What(what), .. NotificationFacts.Of(what.Data), .. Supplies(what)],
            Link = Link(what),
            Event = JsonSerializer.SerializeToElement(what, Core.Json.Options),
        };

    /// <summary>Nothing happened: does it arrive?</summary>
    public Notification Test(string channel, string actor, string key, DateTimeOffset now) =>
        new()
        {
            Key = key,
            Title = $"[TEST] {channel}: notifications arrive",
            Severity = Json(nameof(Severity.Info)),
            Message = $"This is a test of the channel {channel}, sent by {actor}. Nothing happened.",
            At = now,
            Facts = [new("When", When(now))],
            Link = site.BaseUrl is { } url ? $"{url}notifications" : null,
            Test = true,
        };

    /// <summary>Messages mostly begin with their source; it is not said twice.</summary>
    private static string Headline(EventEntry what)
    {
        var message = what.Message.TrimEnd('.');
        return message.Contains(what.Source, StringComparison.OrdinalIgnoreCase)
            ? message
            : $"{what.Source}: {message}";
    }

    private static IEnumerable<NotificationFact> What(EventEntry what)
    {
        yield return new("Severity", what.Severity.ToString());
        yield return new("Source", what.Source);
        yield return new("Event", string.Create(CultureInfo.InvariantCulture, $"{what.Type}, number {what.Sequence}"));
        if (what.Actor is { } actor)
            yield return new("By", actor);
    }

    /// <summary>An event of a plan says nothing of its UPSes: they are what a person wants to know next.</summary>
    private IEnumerable<NotificationFact> Supplies(EventEntry what)
    {
        if (what.UpsId is not null || what.PlanId is not { } plan || plans.Find(plan) is not { } found)
            yield break;
        foreach (var id in found.Definition.UpsIds)
        {
            if (
                upses.Find(id) is not { } ups
                || UpsReadingView.Of(ups, time.Elapsed(), time.GetUtcNow()) is not { } reading
            )
                continue;
            var words = new List<string> { reading.Status.Count == 0 ? "unknown" : string.Join(' ', reading.Status) };
            if (reading.BatteryChargePercent is { } charge)
                words.Add($"charge {NotificationFacts.Number(charge)} %");
            if (reading.BatteryRuntimeSeconds is { } runtime)
                words.Add($"runtime {NotificationFacts.Duration(runtime)}");
            if (reading.LoadPercent is { } load)
                words.Add($"load {NotificationFacts.Number(load)} %");
            yield return new(ups.Config.Name, string.Join(", ", words));
        }
    }

    private string When(DateTimeOffset at)
    {
        var utc = at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        if (site.Zone is not { } zone)
            return $"{utc} UTC";
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var there = local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{there} {zone.Id} ({utc} UTC)";
    }

    private string? Link(EventEntry what) =>
        site.BaseUrl is not { } url
            ? null
            : what switch
            {
                { RunId: { } run } => $"{url}runs/{run}",
                { PlanId: { } plan } => $"{url}plans/{plan}",
                { UpsId: { } ups } => $"{url}ups/{ups}",
                { HostId: { } host } => $"{url}hosts/{host}",
                _ => $"{url}events",
            };

    private static string Json(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
