using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Forecasts;

/// <summary>Whether a shutdown fits (POLICY B3, C1, C2): the same order as the engine's, the same runtime as the triggers'.</summary>
public sealed class ForecastTests
{
    private static Forecast Of(World world) => Forecast.Of(world.Model, world.State, world.Moment.Elapsed);

    [Fact]
    public void NothingLearned_TimeLimitsCount()
    {
        var forecast = Of(Worlds.OneHost());
        Assert.Equal(20 + 30 + 120, forecast.NeededSeconds); // shutdown, force off; then the host
        Assert.Equal(1800 - 60, forecast.AvailableSeconds); // less the safety margin
        Assert.Equal(Confidence.Bounds, forecast.Confidence);
        Assert.Equal(
            [("lab", 0.0, 50.0), ("hosts", 50.0, 170.0)],
            forecast.Phases.Select(p => (p.Id, p.StartsAt, p.EndsAt))
        );
    }

    [Fact]
    public void Learned_CountsInsteadOfLimits_AndNamesTheCriticalPath()
    {
        var world = Worlds.OneHost();
        world.Model = world.Model with
        {
            Durations = Worlds.Learned(
                ("guest:realm/uuid-1", StepAction.Shutdown, 5),
                ("guest:realm/uuid-2", StepAction.Shutdown, 12),
                ("host:1", StepAction.Shutdown, 25)
            ),
        };
        var forecast = Of(world);
        Assert.Equal(37, forecast.NeededSeconds);
        Assert.Equal(["db", "kvm1"], forecast.CriticalPath.Select(i => forecast.Steps[i].Target.Name));
        Assert.Equal(Confidence.Learned, forecast.Confidence);
        Assert.Equal(1800 - 60 - 37, forecast.MarginSeconds);
    }

    [Fact]
    public void Sensitivity_FollowsLoadAndCharge()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Charge = 50;
        world.Upses[1].Runtime = 600;
        world.Run(1);
        var forecast = Of(world);
        Assert.Equal([80, 120], forecast.Sensitivity.Select(s => s.LoadPercent).OfType<double>());
        Assert.Equal(1200 - 60, At(100)); // runtime goes with charge
        Assert.Equal(900 - 60, At(75));
        Assert.Equal(600 - 60, At(50));
        Assert.Equal(19.2, forecast.FitsFromChargePercent); // (170 + 60) of 1200 s
        Assert.True(forecast.Sensitivity[0].MarginSeconds > forecast.MarginSeconds);
        Assert.True(forecast.Sensitivity[1].MarginSeconds < forecast.MarginSeconds);

        double? At(double charge) => forecast.Sensitivity.Single(s => s.ChargePercent == charge).AvailableSeconds;
    }

    [Fact]
    public void RuntimeUnknown_MarginIsUnknown()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Runtime = null;
        var forecast = Of(world.Run(1));
        Assert.Null(forecast.AvailableSeconds);
        Assert.Null(forecast.MarginSeconds);
        Assert.Null(forecast.FitsFromChargePercent);
    }

    [Fact]
    public void Schedule_LimitPerHostAndNeeds_AreKept()
    {
        var world = Worlds.OneHost([.. Enumerable.Range(1, 6).Select(i => Worlds.Guest(i, $"g{i}"))]);
        var host = world.Model.Hosts[1] with { MaxParallelGuests = 2 };
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, host),
            Durations = Worlds.Learned([
                .. Enumerable.Range(1, 6).Select(i => ($"guest:realm/uuid-{i}", StepAction.Shutdown, 10.0)),
            ]),
        };
        Assert.Equal((3 * 10) + 120, Of(world).NeededSeconds); // two at a time
        var needs = world.Model.Definition with
        {
            Dependencies =
            [
                new()
                {
                    From = new() { GuestId = 1 },
                    To = new() { GuestId = 2 },
                },
            ],
        };
        world.Model = world.Model with
        {
            Definition = needs,
            Hosts = world.Model.Hosts.SetItem(1, host with { MaxParallelGuests = 10 }),
        };
        var forecast = Of(world);
        Assert.Equal(20 + 120, forecast.NeededSeconds); // C6: what needs another goes down before it
        Assert.Equal(["g1", "g2", "kvm1"], forecast.CriticalPath.Select(i => forecast.Steps[i].Target.Name));
    }

    [Fact]
    public void WhileRunning_WhatIsDoneIsDone()
    {
        var world = Worlds.OneHost();
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OB LB", 12);
        world.Run(10); // the guests are off, the host was told
        var forecast = Of(world);
        Assert.InRange(forecast.NeededSeconds, 100, 120);
        Assert.DoesNotContain(forecast.Steps, s => s.Target.Name == "web");
    }
}
