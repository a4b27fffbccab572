using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>What becomes of a command, as far as the server tells.</summary>
public sealed class NutOrderTests
{
    [Fact]
    public async Task Execute_DriverIsSlow_IsDoneWhenItSaysSo()
    {
        var asked = 0;
        await using var ups = Ups(_ => ++asked < 3 ? "PENDING" : "SUCCESS");
        await using var session = ups.Open();

        Assert.Equal(UpsCommandOutcome.Done, await session.ExecuteAsync("test.battery.start", null, default));
        Assert.Equal(3, asked);
    }

    [Theory]
    [InlineData("ERR FAILED")]
    [InlineData("ERR UNKNOWN")]
    [InlineData("ERR INVALID-ARGUMENT")]
    public async Task Execute_DriverFails_IsRefusedInItsWords(string answer)
    {
        await using var ups = Ups(_ => answer);
        await using var session = ups.Open();

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            session.ExecuteAsync("test.battery.start", "10", default)
        );

        Assert.Equal(DeviceFault.Refused, failure.Fault);
        Assert.Contains(
            $"test.battery.start was accepted, but then: {answer}",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(["INSTCMD ups1 test.battery.start 10"], ups.Said("INSTCMD"));
    }

    [Fact]
    public async Task Execute_DriverSaysNothing_IsAcceptedAfterAWhile()
    {
        var time = new FakeTimeProvider();
        await using var ups = Ups(_ => "PENDING");
        await using var session = ups.Open(time);

        var running = session.ExecuteAsync("test.battery.start", null, default);
        Assert.Null(await ScriptedUps.PlayAsync(running, time));

        Assert.Equal(UpsCommandOutcome.Accepted, await running);
        Assert.InRange(ups.Said("GET").Length, 5, 20);
    }

    [Fact]
    public async Task Execute_ConnectionBreaksAfterwards_IsAcceptedAndNotSentAgain()
    {
        await using var ups = Ups(_ => null);
        await using var session = ups.Open();

        Assert.Equal(UpsCommandOutcome.Accepted, await session.ExecuteAsync("test.battery.start", null, default));
        Assert.Single(ups.Said("INSTCMD"));
    }

    [Fact]
    public async Task Execute_OlderServer_IsAccepted()
    {
        await using var ups = Ups(_ => "SUCCESS");
        ups.Tracks = false;
        await using var session = ups.Open();

        Assert.Equal(UpsCommandOutcome.Accepted, await session.ExecuteAsync("test.battery.start", null, default));
        Assert.Equal(UpsCommandOutcome.Accepted, await session.ExecuteAsync("test.battery.start", null, default));
        Assert.Equal(["SET TRACKING ON"], ups.Said("SET"));
        Assert.Empty(ups.Said("GET"));
    }

    [Fact]
    public async Task Writable_OfEveryType_HasItsBounds()
    {
        await using var ups = Ups(_ => "SUCCESS");
        void Add(string name, string value, string type) => (ups.Variables[name], ups.Writable[name]) = (value, type);
        Add("ups.delay.shutdown", "20", "RANGE NUMBER");
        Add("input.sensitivity", "high", "ENUM STRING:16");
        Add("ups.id", "rack", "STRING:8");
        Add("battery.charge.low", "20", "NUMBER");
        Add("battery.date", "2024/01/01", "NUMBER");
        ups.Ranges["ups.delay.shutdown"] = (12, 600);
        ups.Choices["input.sensitivity"] = ["low", "medium", "high"];
        await using var session = ups.Open();

        var all = (await session.WritableAsync(default)).ToDictionary(v => v.Name);

        Assert.Equal((UpsWritableKind.Number, "20"), (all["ups.delay.shutdown"].Kind, all["ups.delay.shutdown"].Value));
        Assert.Equal([new UpsBounds(12, 600)], all["ups.delay.shutdown"].Bounds);
        Assert.Equal(["low", "medium", "high"], all["input.sensitivity"].Choices);
        Assert.Equal((UpsWritableKind.Text, 8), (all["ups.id"].Kind, all["ups.id"].MaxLength));
        Assert.Equal(UpsWritableKind.Number, all["battery.charge.low"].Kind);
        Assert.Equal(UpsWritableKind.Text, all["battery.date"].Kind);
        Assert.Null(all["ups.id"].Description);
        Assert.Equal(UpsCommandOutcome.Done, await session.SetAsync("ups.id", "a \"b\" \\c", default));
        Assert.Equal("a \"b\" \\c", ups.Variables["ups.id"]);
    }

    private static ScriptedUps Ups(Func<string, string?> progress) =>
        new() { Commands = { "test.battery.start" }, Progress = progress };
}
