using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

public sealed class ScenarioFileTests
{
    private static readonly Scenario Story = ScenarioLibrary.All.Single(s => s.Id == "whole-house");

    [Theory]
    [InlineData("""{"format":1,"id":"x","world":null}""")]
    [InlineData("""{"format":1,"id":"x","plan":null}""")]
    [InlineData("""{"format":1,"id":"x","events":[{"does":"boots","awaySeconds":-1}]}""")]
    [InlineData("""{"format":1,"id":"x","events":[{"person":"a","does":"holds","holdSeconds":1e300}]}""")]
    public void Read_WhatCannotBePlayed_IsRefused(string json) =>
        Assert.Throws<InvalidInputException>(() => ScenarioFile.Read(json));

    [Fact]
    public void Scenario_WrittenAndRead_PlaysTheSame()
    {
        var again = ScenarioFile.Read(ScenarioFile.Write(Story));
        var (one, other) = (Play(Story), Play(again));
        Assert.True(other.Ok);
        Assert.Equal(one.Timeline.Select(Line), other.Timeline.Select(Line));
    }

    [Theory]
    [InlineData("\"neverStopped\"", "\"neverStoped\"")]
    [InlineData("\"format\": 1", "\"format\": 2")]
    [InlineData("\"status\": \"OB DISCHRG\"", "\"status\": \"OB DISCHARGE\"")]
    [InlineData("\"ups\": \"ups1\"", "\"ups\": \"ups9\"")]
    [InlineData("\"endsAt\": 200", "\"endsAt\": 200000")]
    [InlineData("\"endsAt\": 200", "\"ends\": 200")]
    public void File_WithAMistake_IsRefused(string right, string wrong)
    {
        var flicker = ScenarioFile.Write(ScenarioLibrary.All.Single(s => s.Id == "flicker"));
        Assert.Contains(right, flicker, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() =>
            ScenarioFile.Read(flicker.Replace(right, wrong, StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Play_IsCancelled_WhenAsked()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => ScenarioRunner.Run(Story, stop.Token));
    }

    private static ScenarioReport Play(Scenario scenario) =>
        ScenarioRunner.Run(scenario, TestContext.Current.CancellationToken);

    private static string Line(ScenarioMoment moment) =>
        $"{moment.At} {moment.Kind} {moment.Target} {moment.Action} {moment.Power} {moment.Text}";
}
