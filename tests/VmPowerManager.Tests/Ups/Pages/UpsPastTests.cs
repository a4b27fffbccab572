using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Tests.Ups.Pages;

/// <summary>The sides of a UPS's past: what they say with nothing, and with something.</summary>
public sealed class UpsPastTests : UpsCommandsBench
{
    private readonly HistoryRecorder _recorder = new();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("battery", "No self-test is on record")]
    [InlineData("mains", "Nothing disturbed the mains in this span.")]
    [InlineData("mains", "No outage is on record")]
    [InlineData("energy", "No energy is known")]
    [InlineData(null, "Nothing was read in this span.")]
    public async Task Nothing_SaysWhatWouldBeThere(string? side, string said)
    {
        await using var face = NewFace();
        var id = await CreateAsync(Body());

        var past = face.Render<UpsPast>(p => p.Add(u => u.UpsId, id).Add(u => u.Begin, side));

        past.WaitForAssertion(() => Assert.Contains(said, past.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sides_AreChosenByTheirButtons()
    {
        await using var face = NewFace();
        var id = await CreateAsync(Body());
        var past = face.Render<UpsPast>(p => p.Add(u => u.UpsId, id));
        past.WaitForAssertion(() => Assert.NotEmpty(past.FindAll("#ups-charts")));

        await past.FindAll(".vm-ups-tabs button")[2].ClickAsync(new());

        past.WaitForAssertion(() => Assert.NotEmpty(past.FindAll("#ups-quality")));
        Assert.Equal("Mains", past.Find(".vm-ups-tabs [aria-pressed=true]").TextContent);
    }

    [Fact]
    public async Task Mains_WithDisturbances_ListsCountsAndFilters()
    {
        await using var face = NewFace();
        var id = await CreateAsync(Body());
        Note(id, InputEventKind.Sag, InputSource.Voltage, hoursAgo: 5);
        Note(id, InputEventKind.Sag, InputSource.Voltage, hoursAgo: 3);
        Note(id, InputEventKind.Transfer, InputSource.Supply, hoursAgo: 1);
        Write();
        var mains = face.Render<UpsMains>(p => p.Add(u => u.UpsId, id));
        mains.WaitForAssertion(() => Assert.Equal(3, mains.FindAll("#ups-quality ~ * tbody tr, tbody tr").Count));
        Assert.Contains("Voltage too low: 2", mains.Find(".vm-ups-counts").TextContent);

        await mains.Find("select").ChangeAsync(new() { Value = "Transfer" });

        mains.WaitForAssertion(() => Assert.Single(mains.FindAll("tbody tr")));
        Assert.EndsWith("&kind=transfer", mains.Find(".vm-ups-csv").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Battery_ToReplace_SaysWhy()
    {
        await using var face = NewFace();
        var id = await CreateAsync(Body());
        var failed = new SelfTest(_now.AddDays(-1), TestOutcome.Failed, "Done and error", 12, true);
        _recorder.Note(TestLog.Note(id, failed, TimeSpan.FromMinutes(5)));
        Write();

        var health = await Batteries.HealthAsync(id, default);
        var battery = face.Render<UpsBatteryPast>(p => p.Add(u => u.UpsId, id).Add(u => u.Health, health));

        battery.WaitForAssertion(() => Assert.Single(battery.FindAll("tbody tr")));
        Assert.StartsWith(
            "The last self-test failed",
            battery.Find(".vm-ups-reasons li").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("Replace the battery", battery.Find(".vm-card-title").TextContent);
    }

    [Fact]
    public async Task Energy_OfToday_IsShownWithItsSource()
    {
        await using var face = NewFace();
        var id = await CreateAsync(Body());
        for (var i = 0; i <= 60; i++)
        {
            var reading = new VmPowerManager.Core.Power.UpsReading
            {
                At = _now.AddSeconds(i - 60),
                Taken = TimeSpan.FromSeconds(i),
                RealPower = 60_000,
            };
            _recorder.Record(id, reading, false);
        }
        Write();

        var energy = face.Render<UpsEnergy>(p => p.Add(u => u.UpsId, id));

        energy.WaitForAssertion(() => Assert.Equal(30, energy.FindAll(".vm-bars li").Count));
        Assert.Contains("Measured by the UPS.", energy.Markup, StringComparison.Ordinal);
        Assert.Contains("1.00", energy.Find(".vm-facts").TextContent, StringComparison.Ordinal);
        await energy.FindAll(".vm-ups-segments button")[1].ClickAsync(new());
        Assert.Equal(12, energy.FindAll(".vm-bars li").Count);
    }

    private Face NewFace() =>
        new(services => services.AddSingleton(Queries).AddSingleton(Batteries).AddSingleton(Past));

    private void Note(int id, InputEventKind kind, InputSource source, double hoursAgo)
    {
        var begin = _now.AddHours(-hoursAgo);
        var what = new InputEvent(source, kind, begin)
        {
            End = begin.AddSeconds(2),
            Seconds = 2,
            Extreme = 190,
            Nominal = 230,
        };
        _recorder.Note(InputLog.Note(id, what));
    }

    private void Write()
    {
        using var connection = new HistoryDb(Database.Folder, NullLogger<HistoryDb>.Instance).OpenForWriting();
        HistoryStore.Write(connection, _recorder.Take(long.MaxValue));
    }
}
