using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using VmPowerManager.Core.Engine;
using VmPowerManager.Runs.Pages;
using static VmPowerManager.Tests.Runs.RunSamples;

namespace VmPowerManager.Tests.Runs;

public sealed class CancelDialogTests : RunScreenContext
{
    [Fact]
    public async Task Running_OffersThreeWays_AndEachIsOneTap()
    {
        As("Operator");
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0), Guest("b", StepStatus.Pending))));
        var dialogs = await OpenAsync();
        var ways = dialogs.FindAll(".vm-cancel-mode");
        Assert.Equal(3, ways.Count);
        // No loop runs in this test: the refusal is shown, and the dialog stays.
        await ways[0].ClickAsync(new());
        dialogs.WaitForAssertion(() =>
            Assert.Contains("Plan 1 does not exist.", dialogs.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(3, dialogs.FindAll(".vm-cancel-mode").Count);
    }

    [Fact]
    public async Task Viewer_IsRefused()
    {
        As("Viewer");
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0))));
        var dialogs = await OpenAsync();
        await dialogs.Find(".vm-cancel-mode").ClickAsync(new());
        dialogs.WaitForAssertion(() =>
            Assert.Contains("This needs the role Operator.", dialogs.Markup, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Ended_WhileOneReads_OffersNothingMore()
    {
        As("Operator");
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0))));
        var dialogs = await OpenAsync();
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Done, 0, 9)).Ended(RunStatus.Succeeded)));
        dialogs.WaitForAssertion(() => Assert.Empty(dialogs.FindAll(".vm-cancel-mode")));
        Assert.Contains("The run is over", dialogs.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Operator", 2)]
    [InlineData("Viewer", 0)]
    public void RunPage_OffersToStop_ThoseWhoMay(string role, int buttons)
    {
        As(role);
        Render<MudPopoverProvider>();
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0))));
        var page = Render<RunPage>(p => p.Add(r => r.Id, 7));
        Assert.Equal(
            buttons,
            page.FindAll("button").Count(b => b.TextContent.Contains("Stop this run", StringComparison.Ordinal))
        );
        Assert.Equal("Shutdown #7", page.Find("h1").TextContent);
    }

    private async Task<IRenderedComponent<MudDialogProvider>> OpenAsync()
    {
        Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        await dialogs.InvokeAsync(() =>
            CancelDialog.ShowAsync(Services.GetRequiredService<IDialogService>(), "Stop", 7)
        );
        return dialogs;
    }
}
