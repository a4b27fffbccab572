using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class UpsVariablesTests : UpsCommandsBench
{
    [Fact]
    public async Task Change_Variable_AsksAndShowsTheNewValue()
    {
        var id = await CreateAsync(Body());
        Fake.Writable.Add(new UpsWritable("ups.id", "a") { MaxLength = 8, Description = "Its name" });
        await using var face = NewFace("Administrator");
        var (variables, dialogs) = Open(face, id);

        variables.Find("button[aria-label='Change ups.id']").Click();
        dialogs.WaitForAssertion(() =>
            Assert.Contains("Its name", dialogs.Find(".mud-dialog").TextContent, StringComparison.Ordinal)
        );
        dialogs.Find("input[data-field=value]").Input("b");
        Press(dialogs, "Change");
        dialogs.WaitForAssertion(() =>
            Assert.Contains("rack-a changes ups.id from “a” to “b”.", dialogs.Markup, StringComparison.Ordinal)
        );
        Press(dialogs, "Change");

        variables.WaitForAssertion(() => Assert.Contains("ups.idb", Row(variables), StringComparison.Ordinal));
        Assert.Equal("b", Fake.Writable[0].Value);
        Assert.Empty(dialogs.FindAll(".mud-dialog"));
    }

    [Fact]
    public async Task Change_DeviceRefuses_ShowsItsWordsAndKeepsWhatWasTyped()
    {
        var id = await CreateAsync(Body());
        Fake.Writable.Add(new UpsWritable("ups.id", "a"));
        await using var face = NewFace("Administrator");
        var (variables, dialogs) = Open(face, id);
        variables.Find("button[aria-label='Change ups.id']").Click();
        dialogs.WaitForElement("input[data-field=value]").Input("b");
        Fake.Fault = new DeviceException(DeviceFault.Refused, "ERR SET-FAILED");

        Press(dialogs, "Change");
        dialogs.WaitForAssertion(() => Assert.Equal(2, dialogs.FindAll(".mud-dialog").Count));
        Press(dialogs, "Change");

        dialogs.WaitForAssertion(() =>
            Assert.Contains("ERR SET-FAILED", dialogs.Find(".mud-alert").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("b", dialogs.Find("input[data-field=value]").GetAttribute("value"));
    }

    [Theory]
    [InlineData("Viewer")]
    [InlineData("Operator")]
    public async Task Variables_ForOthersThanAdministrators_CannotBeChanged(string role)
    {
        var id = await CreateAsync(Body());
        Fake.Writable.Add(new UpsWritable("ups.id", "a"));
        await using var face = NewFace(role);

        var (variables, _) = Open(face, id, wait: false);

        Assert.NotEmpty(variables.FindAll("tbody tr"));
        Assert.Empty(variables.FindAll("tbody button"));
    }

    /// <summary>The last button of that name: of the dialog on top.</summary>
    private static void Press(IRenderedComponent<MudDialogProvider> dialogs, string button) =>
        dialogs.FindAll(".mud-dialog-actions button").Last(b => b.TextContent.Trim() == button).Click();

    private static string Row(IRenderedComponent<UpsVariables> variables) =>
        string.Concat(
            variables
                .FindAll("tbody tr")
                .Single(r => r.TextContent.Contains("ups.id", StringComparison.Ordinal))
                .TextContent.Where(c => !char.IsWhiteSpace(c))
        );

    private Face NewFace(string role) => new(services => services.AddSingleton(Queries).AddSingleton(Actions), role);

    private static (IRenderedComponent<UpsVariables> Variables, IRenderedComponent<MudDialogProvider> Dialogs) Open(
        Face face,
        int id,
        bool wait = true
    )
    {
        var dialogs = face.Render<MudDialogProvider>();
        var variables = face.Render<UpsVariables>(p =>
            p.Add(v => v.UpsId, id).Add(v => v.Name, "rack-a").Add(v => v.Reading, UpsViews.Reading("OL"))
        );
        if (wait)
            variables.WaitForElement("tbody button");
        return (variables, dialogs);
    }
}
