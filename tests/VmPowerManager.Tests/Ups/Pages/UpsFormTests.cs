using Bunit;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Protocols;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class UpsFormTests : UpsCommandsBench
{
    private readonly List<int> _saved = [];

    [Fact]
    public async Task Test_Passes_ShowsTheLiveReadingSuggestsANameAndSaves()
    {
        await using var face = NewFace();
        var form = Open(face);
        Enter(form, "host", "10.0.0.1");

        Click(form, "Test");
        form.WaitForAssertion(() => Assert.Contains("Fake 1500", form.Markup, StringComparison.Ordinal));
        Assert.Equal("On mains", form.Find(".vm-ups-live .vm-chip").TextContent.Trim());
        Assert.Equal("Connected.", form.Find(".vm-ups-checks li").TextContent.Split(':')[^1].Trim());
        Assert.Equal("10.0.0.1", form.Find("input[data-field=name]").GetAttribute("value"));

        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.Single(_saved));
        Assert.Equal("10.0.0.1", (await Queries.GetAsync(_saved[0], default)).Name);
    }

    [Fact]
    public async Task Test_Fails_ShowsThePeersWordsAndSavingAsksFirst()
    {
        Fake.Fault = new DeviceException(DeviceFault.AuthenticationFailed, "ERR ACCESS-DENIED");
        await using var face = NewFace();
        var form = Open(face);
        Enter(form, "host", "10.0.0.1");
        Enter(form, "name", "rack-a");

        Click(form, "Test");
        form.WaitForAssertion(() =>
            Assert.Contains("ERR ACCESS-DENIED", form.Find(".vm-ups-checks").TextContent, StringComparison.Ordinal)
        );
        Assert.Empty(form.FindAll(".vm-ups-live"));

        await form.Find("form").SubmitAsync();
        Assert.Contains("Not tested with these settings", form.Markup, StringComparison.Ordinal);
        Assert.Empty(_saved);
        await form.Find("form").SubmitAsync();
        form.WaitForAssertion(() => Assert.Single(_saved));
    }

    [Fact]
    public async Task Test_WithoutAddress_MarksTheField()
    {
        await using var face = NewFace();
        var form = Open(face);

        Click(form, "Test");

        form.WaitForAssertion(() => Assert.Contains("Is required.", form.Markup, StringComparison.Ordinal));
        Assert.Empty(form.FindAll(".mud-alert"));
    }

    [Fact]
    public async Task Save_NameTaken_IsSaidAndNothingIsLost()
    {
        await CreateAsync(Body());
        await using var face = NewFace();
        var form = Open(face);
        Enter(form, "host", "10.0.0.2");
        Enter(form, "name", "rack-a");

        await form.Find("form").SubmitAsync();
        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() =>
            Assert.Contains("Another UPS is named rack-a.", form.Markup, StringComparison.Ordinal)
        );
        Assert.Equal("10.0.0.2", form.Find("input[data-field=host]").GetAttribute("value"));
        Assert.Empty(_saved);
    }

    [Fact]
    public async Task Edit_KeepsThePasswordUnlessTheAddressChanges()
    {
        var id = await CreateAsync(Body(password: "s3cr3t", notes: "behind the door"));
        await using var face = NewFace();
        var form = Open(face, id);

        Assert.Equal("kept as it is", form.Find("input[data-field=password]").GetAttribute("placeholder"));
        Assert.DoesNotContain("s3cr3t", form.Markup, StringComparison.Ordinal);
        Enter(form, "name", "rack-z");
        await form.Find("form").SubmitAsync();
        form.WaitForAssertion(() => Assert.Single(_saved));
        Assert.Equal(("rack-z", "s3cr3t"), (Device().Name, Device().Secrets["fake.password"]));
        Assert.Equal("behind the door", (await Queries.GetAsync(id, default)).Notes);

        Enter(form, "host", "10.9.9.9");
        await form.Find("form").SubmitAsync();
        await form.Find("form").SubmitAsync();
        form.WaitForAssertion(() => Assert.Contains("enter the password again", form.Markup, StringComparison.Ordinal));
        Assert.Single(_saved);
    }

    [Fact]
    public async Task List_Server_OffersItsUpsesAndTakesTheChosenOne()
    {
        Fake.Listed.AddRange([new("ups1", "Rack A"), new("ups2", "")]);
        await using var face = NewFace();
        var form = Open(face);

        Click(form, "List the UPSes of this server");
        form.WaitForAssertion(() => Assert.Contains("Is required.", form.Markup, StringComparison.Ordinal));
        Assert.Empty(form.FindAll(".mud-alert"));
        Enter(form, "host", "10.0.0.1");
        Click(form, "List the UPSes of this server");
        form.WaitForAssertion(() => Assert.Equal(2, form.FindAll(".vm-ups-picks button").Count));
        Assert.DoesNotContain("Is required.", form.Markup, StringComparison.Ordinal);
        form.FindAll(".vm-ups-picks button")[1].Click();

        form.WaitForAssertion(() => Assert.Equal("ups2", form.Find("input[data-field=unit]").GetAttribute("value")));
        Assert.Equal("true", form.FindAll(".vm-ups-picks button")[1].GetAttribute("aria-pressed"));
    }

    [Fact]
    public async Task List_ServerRefuses_ShowsItsWords()
    {
        Fake.Fault = new DeviceException(DeviceFault.Unreachable, "Cannot connect to 10.0.0.1:3493.");
        await using var face = NewFace();
        var form = Open(face);
        Enter(form, "host", "10.0.0.1");

        Click(form, "List the UPSes of this server");

        form.WaitForAssertion(() =>
            Assert.Contains("Cannot connect", form.Find(".mud-alert").TextContent, StringComparison.Ordinal)
        );
    }

    private Face NewFace() =>
        new(services =>
            services.AddSingleton(Drivers).AddSingleton(Queries).AddSingleton(Commands).AddSingleton(Actions)
        );

    private IRenderedComponent<UpsForm> Open(Face face, int? id = null)
    {
        var form = face.Render<UpsForm>(p => p.Add(f => f.UpsId, id).Add(f => f.OnSaved, _saved.Add));
        form.WaitForElement("form");
        return form;
    }

    private static void Enter(IRenderedComponent<UpsForm> form, string field, string text)
    {
        form.Find($"input[data-field={field}]").Change(text);
        form.Settle();
    }

    private static void Click(IRenderedComponent<UpsForm> form, string button)
    {
        form.FindAll("button").Single(b => b.TextContent.Trim() == button).Click();
        form.Settle();
    }
}
