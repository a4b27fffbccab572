using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>From the setup code in the log to an armed plan over real machines, in the browser alone.</summary>
public sealed partial class FirstStepsTests(Lab lab, Chromium chromium)
    : FaceScenario(lab, chromium, "nut", "ssh", "libvirt")
{
    // Nobody is set up unattended, and nobody uses the API.
    protected override Task<AppProcess> StartAppAsync() => AppProcess.StartAsync(environment: []);

    protected override Task<Api> OpenApiAsync(Uri url) => Task.FromResult(new Api(url));

    [Fact]
    public async Task NewUser_ComesFromTheSetupCodeToAnArmedPlan()
    {
        await Lab.Guests.RunAsync("vm1", "vm2");
        var begun = TimeProvider.System.GetTimestamp();
        var visitor = await VisitAsync();
        await SetUpAsync(visitor);
        await FirstUpsAsync(visitor);
        await FirstHostAsync(visitor);
        await FirstPlanAsync(visitor);
        await RehearseAsync(visitor);
        await ArmAsync(visitor);
        Print($"setup code -> armed plan: {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s of clicks");

        await visitor.GoAsync("/hosts");
        foreach (var guest in new[] { "vm1", "vm2", "vm3", "vm4", "vm5" })
            await visitor.SeesAsync(guest);
        await visitor.GoAsync("/");
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("is armed");
        Assert.Empty(Lab.Targets.PowerCommands());
    }

    private async Task SetUpAsync(Visitor visitor)
    {
        await visitor.GoAsync("/");
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(App.Url, "/setup").ToString());
        await visitor.AxeAsync();
        await visitor.Field("Setup code").FillAsync("AAAA-BBBB-CCCC");
        await visitor.Field("E-mail address").FillAsync(AppProcess.Email);
        await visitor.Field("Password").FillAsync(AppProcess.Password);
        await visitor.Field("Password again").FillAsync(AppProcess.Password);
        await visitor.Button("Create the administrator").ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();

        var code = SetupCode().Match(App.Log).Groups[1].Value;
        await visitor.Field("Setup code").FillAsync(code);
        await visitor.Field("Password").FillAsync(AppProcess.Password);
        await visitor.Field("Password again").FillAsync(AppProcess.Password);
        await visitor.Button("Create the administrator").ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(App.Url, "/welcome").ToString());
    }

    private async Task FirstUpsAsync(Visitor visitor)
    {
        await Expect(Step(visitor, "First UPS")).ToBeVisibleAsync();
        await visitor.Field("Server").FillAsync("127.0.0.1");
        await visitor.Field("Port").FillAsync($"{Lab.NutPort}");
        await visitor.Field("UPS name on the server").FillAsync("ups1");
        await visitor.Button("Test").ClickAsync();
        var found = Step(visitor, "First UPS");
        await Expect(found).ToContainTextAsync("Lab Dummy 1");
        await Expect(found).ToContainTextAsync("230.1");
        await Expect(visitor.Field("Name")).ToHaveValueAsync("ups1");
        await visitor.ScreenshotAsync("welcome-1-ups", fullPage: true);
        await visitor.AxeAsync();
        await visitor.Button("Add the UPS").ClickAsync();
    }

    private async Task FirstHostAsync(Visitor visitor)
    {
        var step = Step(visitor, "First host");
        await step.GetByRole(AriaRole.Radio, new() { Name = "KVM (libvirt)" }).CheckAsync();
        // The fields of the platform that was chosen before have the same names.
        await Expect(visitor.Field("libvirt connection")).ToBeVisibleAsync();
        await visitor.Field("Name").FillAsync("kvm1");
        await visitor.Field("Host name or IP address").FillAsync("127.0.0.1");
        await visitor.Field("Port").FillAsync($"{Lab.SshPort}");
        await visitor.Field("User name").FillAsync("lab");
        await step.GetByRole(AriaRole.Radio, new() { Name = "Private key" }).CheckAsync();
        await step.GetByRole(AriaRole.Textbox, new() { Name = "Private key", Exact = true })
            .FillAsync(Lab.Targets.PrivateKey);
        await visitor.Button("Test").ClickAsync();
        await visitor.SeesAsync("Test passed");
        await visitor.Button("Approve this key").ClickAsync();
        await visitor.SeesAsync("The host is known by this key");
        await visitor.Field("ups1").CheckAsync();
        await visitor.ScreenshotAsync("welcome-2-host", fullPage: true);
        await visitor.AxeAsync();
        await visitor.Button("Add the host").ClickAsync();
        await visitor.SeesAsync("5 guests found, 2 of them running.");
        await visitor.ScreenshotAsync("welcome-2-host-found", fullPage: true);
        await visitor.Button("Done").ClickAsync();
    }

    private static async Task FirstPlanAsync(Visitor visitor)
    {
        var step = Step(visitor, "First plan");
        foreach (var target in new[] { "kvm1", "ups1" })
            await Expect(step).ToContainTextAsync(target);
        await visitor.ScreenshotAsync("welcome-3-plan", fullPage: true);
        await visitor.AxeAsync();
        await step.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
    }

    private static async Task RehearseAsync(Visitor visitor)
    {
        var step = Step(visitor, "Rehearsal");
        await step.GetByRole(AriaRole.Button, new() { Name = "Rehearse", Exact = true }).ClickAsync();
        await Expect(step.GetByLabel("State of the run")).ToContainTextAsync("Succeeded", new() { Timeout = 60_000 });
        await visitor.ScreenshotAsync("welcome-4-rehearsal", fullPage: true);
        await visitor.AxeAsync();
    }

    private static async Task ArmAsync(Visitor visitor)
    {
        await visitor.Link("To the plan").ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/plans/1$"));
        var controls = visitor.Page.GetByLabel("Arming and hold");
        await controls.GetByRole(AriaRole.Button, new() { Name = "Arm", Exact = true }).ClickAsync();
        var sure = visitor.Page.GetByRole(AriaRole.Dialog);
        await Expect(sure).ToContainTextAsync("From now on it acts by itself");
        await sure.GetByRole(AriaRole.Button, new() { Name = "Arm", Exact = true }).ClickAsync();
        await Expect(controls.GetByRole(AriaRole.Button, new() { Name = "Disarm" })).ToBeVisibleAsync();
        await visitor.ScreenshotAsync("plan-armed", fullPage: true);
    }

    /// <summary>The step that is open.</summary>
    private static ILocator Step(Visitor visitor, string title) =>
        visitor.Page.GetByRole(AriaRole.Region, new() { Name = title, Exact = true });

    [GeneratedRegex(@"Setup code: (\S+)")]
    private static partial Regex SetupCode();
}
