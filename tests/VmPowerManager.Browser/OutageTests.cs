using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>An outage lived through at the screens: real guests go down and come back under the eyes, without a reload.</summary>
public sealed class OutageTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut", "ssh", "libvirt")
{
    private static readonly LocatorAssertionsToContainTextOptions _patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task Watching_GuestsGoDownAndComeBack()
    {
        await PlanAsync(host: true);
        var visitor = await AdministratorAsync();
        var wall = await AdministratorAsync(Screen.Desk);
        await wall.GoAsync("/wall");
        await Expect(wall.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("fine");

        await Lab.Nut.OnBatteryAsync("ups1");
        var card = visitor.Page.GetByRole(AriaRole.Article, new() { Name = "House" });
        await card.GetByRole(AriaRole.Link, new() { NameRegex = new("^Run 1") }).ClickAsync();
        await Expect(visitor.Heading("Shutdown #1")).ToBeVisibleAsync();
        var machines = Phase(visitor, "machines");
        await Expect(Target(machines, "vm1")).ToContainTextAsync("Done", _patient);
        await Expect(Target(machines, "vm2")).ToContainTextAsync("Done", _patient);
        await Lab.Guests.OffWithinAsync(5, "vm1", "vm2");
        await Expect(Target(Phase(visitor, "hosts"), "kvm1")).ToContainTextAsync("Waiting");
        Assert.Empty(Lab.Targets.PowerCommands());
        await Expect(wall.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("Shut down", _patient);
        await visitor.ScreenshotAsync("run-shutdown", fullPage: true);
        await wall.ScreenshotAsync("wall-shutting-down");

        await Lab.Nut.LowBatteryAsync("ups1");
        var told = await ToldAsync(60);
        Assert.All(told.Guests, g => Assert.Equal("shut off", g.Value));
        await Lab.Nut.OnLineAsync("ups1");
        await Expect(wall.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("Recovery", _patient);
        await wall.ScreenshotAsync("wall-recovery");

        await visitor
            .Page.GetByRole(AriaRole.Link, new() { NameRegex = new("It went on: Startup") })
            .ClickAsync(new() { Timeout = 60_000 });
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/runs/2$"));
        await Expect(visitor.Page.GetByLabel("State of the run")).ToContainTextAsync("Succeeded", _patient);
        await Lab.Guests.RunningWithinAsync(5, "vm1", "vm2");
        foreach (var guest in new[] { "vm1", "vm2" })
            await Expect(Target(Phase(visitor, "machines"), guest)).ToContainTextAsync("Done");
        await visitor.ScreenshotAsync("run-startup", fullPage: true);
        await Expect(wall.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("fine", _patient);
    }

    /// <summary>In the cellar, with one thumb.</summary>
    [Fact]
    public async Task Phone_StopsTheRun()
    {
        await PlanAsync(host: false);
        Lab.Targets.DelayVirsh(12); // time to find the button
        var visitor = await AdministratorAsync(Screen.Phone);
        await Lab.Nut.OnBatteryAsync("ups1");
        await visitor.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Run 1") }).ClickAsync();
        await visitor.Button("Stop this run…").ClickAsync();
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Stop and bring everything back");
        await visitor.ScreenshotAsync("cancel-phone");
        await visitor.AxeAsync();
        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = new("^Stop now, leave the rest") }).ClickAsync();
        await Expect(dialog).Not.ToBeVisibleAsync();
        Lab.Targets.DelayVirsh(null);
        await Expect(visitor.Button("Stop this run…")).Not.ToBeVisibleAsync();
        await Expect(visitor.Page.GetByLabel("State of the run")).ToContainTextAsync("Stopped", _patient);
        await visitor.GoAsync("/plans/1");
        await visitor.SeesAsync("On hold");
        Assert.Empty(Lab.Targets.PowerCommands());
    }

    /// <summary>Armed: vm1 and vm2 of the lab's host after a second, and perhaps the host itself at low battery.</summary>
    private async Task PlanAsync(bool host)
    {
        await Lab.Guests.RunAsync("vm1", "vm2");
        var ups = await AddUpsAsync();
        var (hypervisor, vm) = await AddHypervisorAsync(ups);
        var guests = Plan.Phase("machines", 1, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm2"]));
        await AddPlanAsync(
            host
                ? Plan.Body("House", [ups], guests, Plan.Phase("hosts", null, Plan.Host(hypervisor)))
                : Plan.Body("House", [ups], guests)
        );
    }

    private static ILocator Phase(Visitor visitor, string name) =>
        visitor.Page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });

    private static ILocator Target(ILocator phase, string name) =>
        phase
            .GetByRole(AriaRole.Listitem)
            .Filter(new() { Has = phase.Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }) });
}
