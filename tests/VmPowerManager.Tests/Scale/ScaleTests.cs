using System.Globalization;
using System.Net.Http.Json;

namespace VmPowerManager.Tests.Scale;

/// <summary>DESIGN 6: 1,000 UPSes at 5 s, no missed poll, less than half a core, linear from 10 to 1,000; and the default
/// two-speed polls. Minutes each: only by <c>tests/run --long</c>, with VMPM_APP.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Warming = Setting("SCALE_WARM_SECONDS", 45);
    private static readonly TimeSpan Measured = Setting("SCALE_SECONDS", 60);

    [Theory(Explicit = true)]
    [InlineData("nut", 10, null)]
    [InlineData("nut", 100, null)]
    [InlineData("nut", 1000, null)]
    [InlineData("nut", 10, 5.0)]
    [InlineData("nut", 100, 5.0)]
    [InlineData("nut", 1000, 5.0)]
    [InlineData("snmp", 10, null)]
    [InlineData("snmp", 100, null)]
    [InlineData("snmp", 1000, null)]
    [InlineData("snmp", 10, 5.0)]
    [InlineData("snmp", 100, 5.0)]
    [InlineData("snmp", 1000, 5.0)]
    public async Task Upses_AllPolledInTime(string driver, int count, double? pollSeconds)
    {
        if (
            Environment.GetEnvironmentVariable("SCALE_ONLY") is { } only
            && only != $"{driver} {count} {pollSeconds}".Trim()
        )
            Assert.Skip($"SCALE_ONLY={only}");
        await using var served = ServedUpses.Start(driver, count, pollSeconds);
        await using var app = await PublishedApp.StartAsync();
        var empty = app.ResidentMegabytes;
        foreach (var body in served.Bodies)
            (await app.Client.PostAsJsonAsync("ups", body)).EnsureSuccessStatusCode();
        await Soon.BecomesTrueAsync(() => AllOkAsync(app, count), "every UPS answers", seconds: 120);
        await Task.Delay(Warming, TimeProvider.System, TestContext.Current.CancellationToken);

        var interval = TimeSpan.FromSeconds(pollSeconds ?? (driver == "nut" ? 1 : 2));
        served.Times.ForEach(times => times.Begin(interval));
        var (before, began) = (app.ProcessorTime, TimeProvider.System.GetTimestamp());
        await Task.Delay(Measured, TimeProvider.System, TestContext.Current.CancellationToken);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var share = (app.ProcessorTime - before).TotalSeconds / seconds;
        var ends = served.Times.Select(times => times.End()).ToList();

        var resident = app.ResidentMegabytes;
        var polls = ends.Sum(e => e.Polls);
        Say(
            $"{driver} {count} UPSes every {interval.TotalSeconds} s: {polls / seconds:0} polls/s, missed {ends.Sum(e => e.Missed)}, longest gap {ends.Max(e => e.Longest).TotalSeconds:0.00} s, CPU {100 * share:0.0} % of a core ({1e6 * share * seconds / polls:0} us a poll, {100 * share / count:0.000} % a UPS), {resident:0} MB ({(resident - empty) / count:0.00} MB a UPS)"
        );
        Assert.True(await AllOkAsync(app, count));
        Assert.Equal(0, ends.Sum(e => e.Missed));
        if (pollSeconds is 5 && count == 1000)
            Assert.True(share < 0.5, $"{share:0.00} of a core");
    }

    private static async Task<bool> AllOkAsync(PublishedApp app, int count)
    {
        var upses = (await (await app.Client.GetAsync("ups")).ReadJsonAsync()).GetProperty("items");
        return upses.GetArrayLength() == count
            && upses
                .EnumerateArray()
                .All(u =>
                    u.GetProperty("reading") is { ValueKind: System.Text.Json.JsonValueKind.Object } reading
                    && reading.GetProperty("comm").GetString() == "ok"
                );
    }

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static TimeSpan Setting(string name, double otherwise) =>
        TimeSpan.FromSeconds(
            double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var seconds)
                ? seconds
                : otherwise
        );
}
