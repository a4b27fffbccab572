using Bunit;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Tests.Ups.Pages;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;
using VmPowerManager.Ups.Simulator;

namespace VmPowerManager.Tests.Ups.Simulator;

/// <summary>The panel on the page of a simulated UPS, and the mark on cards.</summary>
public sealed class SimulatorPanelTests : UpsCommandsBench
{
    private readonly SimulatorDirectory _directory = new();
    private readonly SimulatorScreens _live = new();
    private readonly SimulatedDevice _device = new("sim1", new SimulatedUps(new SimulatedModel()), TimeProvider.System);

    [Fact]
    public async Task Operator_SwitchesMainsOff()
    {
        var id = await CreateSimulatedAsync();
        await using var face = NewFace("Operator");
        var panel = Show(face, id);

        panel.Find("button.mud-button-filled").Click();

        panel.WaitForAssertion(() => Assert.False(_device.Now.IsMainsGood));
        Assert.Contains(Events.Latest(), e => e.Message == "rack-a (simulated): mains off.");
    }

    [Fact]
    public async Task Viewer_SeesAndCannotPlay()
    {
        var id = await CreateSimulatedAsync();
        await using var face = NewFace("Viewer");

        var panel = Show(face, id);

        Assert.NotEmpty(panel.FindAll("dl"));
        Assert.Empty(panel.FindAll("button"));
    }

    [Fact]
    public async Task SimulatorOff_SaysSo()
    {
        await using var face = NewFace("Operator");

        var panel = face.Render<SimulatorPanel>(p => p.Add(s => s.UpsId, 1).Add(s => s.Device, "sim9"));

        Assert.Contains("The simulator is off", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_OfASimulatedUps_BearsTheMark()
    {
        await using var face = NewFace("Viewer");
        Screens.All.Update(all =>
            all.SetItem(1, UpsViews.Seen(UpsViews.Reading()) with { IsSimulated = true })
                .SetItem(2, UpsViews.Seen(UpsViews.Reading(), id: 2))
        );

        Assert.Single(face.Render<UpsCard>(p => p.Add(c => c.UpsId, 1)).FindAll(".vm-simulated"));
        Assert.Empty(face.Render<UpsCard>(p => p.Add(c => c.UpsId, 2)).FindAll(".vm-simulated"));
    }

    /// <summary>The fake device, at an address that is the simulator's.</summary>
    private async Task<int> CreateSimulatedAsync()
    {
        var id = await CreateAsync(Body());
        await using var db = Database.CreateDbContext();
        db.Set<UpsRow>().Single(u => u.Id == id).SimulatedDevice = "sim1";
        await db.SaveChangesAsync();
        _directory.Set([new SimulatorEntry(_device, "fake", 1, null)]);
        _live.Refresh([_device]);
        return id;
    }

    private static IRenderedComponent<SimulatorPanel> Show(Face face, int id) =>
        face.Render<SimulatorPanel>(p => p.Add(s => s.UpsId, id).Add(s => s.Device, "sim1"));

    private Face NewFace(string role)
    {
        var simulator = new SimulatorQueries(_directory, Queries, Database);
        return new Face(
            services =>
                services
                    .AddSingleton(_live)
                    .AddSingleton(Screens)
                    .AddSingleton(Queries)
                    .AddSingleton(new SimulatorCommands(Queries, simulator, Events)),
            role
        );
    }
}
