using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core;
using VmPowerManager.Tests.Ups.Pages;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Discovery;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups.Discovery;

public sealed class UpsFindPageTests : UpsCommandsBench
{
    private readonly SearchingUps _driver = new();

    [Fact]
    public async Task Open_AsksNobody()
    {
        await using var face = NewFace();
        var page = face.Render<UpsFindPage>();

        Assert.Empty(_driver.Asked);
        Assert.Empty(page.FindAll(".vm-find-state"));
        Assert.NotNull(page.Find("input[data-field='ports.fake']"));
        Assert.NotNull(page.Find("input[data-field=communities]"));
    }

    [Fact]
    public async Task Search_ShowsProgressAndWhatIsFoundAsItComes()
    {
        _driver.Gate = new TaskCompletionSource();
        _driver.Devices["10.9.0.7"] = SearchingUps.Ups("10.9.0.7", "rack-b");
        await using var face = NewFace();
        var page = face.Render<UpsFindPage>();
        page.Find("input[data-field=range]").Change("10.9.0.5-8");

        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("0 of 4 addresses asked", page.Markup, StringComparison.Ordinal));
        Assert.Contains(page.FindAll("button"), b => b.TextContent.Trim() == "Stop the search");
        _driver.Gate.SetResult();

        page.WaitForAssertion(() => Assert.Contains("4 of 4 addresses asked", page.Markup, StringComparison.Ordinal));
        var row = page.Find(".vm-find-list li").TextContent;
        Assert.Contains("rack-b", row, StringComparison.Ordinal);
        Assert.Contains("Fake 1500", row, StringComparison.Ordinal);
        Assert.Contains("10.9.0.7:4000", row, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WrongRange_IsSaidAtTheField()
    {
        await using var face = NewFace();
        var page = face.Render<UpsFindPage>();
        page.Find("input[data-field=range]").Change("my network");

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.Contains("neither an address nor a range", page.Markup, StringComparison.Ordinal)
        );
        Assert.Equal("my network", page.Find("input[data-field=range]").GetAttribute("value"));
    }

    [Fact]
    public async Task Search_Nothing_SaysWhatToLookAt()
    {
        await using var face = NewFace();
        var page = face.Render<UpsFindPage>();
        page.Find("input[data-field=range]").Change("10.9.0.1");

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("Nothing was found there.", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_WhatIsConfigured_CannotBeAddedAgain()
    {
        await CreateAsync(Body(host: "10.9.0.7"));
        _driver.Devices["10.9.0.7"] = SearchingUps.Ups("10.9.0.7", "rack-b");
        await using var face = NewFace();
        var page = face.Render<UpsFindPage>();
        page.Find("input[data-field=range]").Change("10.9.0.7");

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.Contains("Watched as rack-a", page.Find(".vm-find-list").TextContent, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent.Trim() == "Add");
    }

    [Fact]
    public void Draft_OfAFoundUps_HasEverythingThatLeadsToIt()
    {
        var found = SearchingUps.Ups("10.9.0.7", "rack-b");
        var settings = System.Text.Json.Nodes.JsonObject.Create(found.Settings)!; // an object

        var body = UpsDraft.Of("fake", _driver.Traits, found.Name, settings).Body(_driver.Traits);

        Assert.Equal("rack-b", body.GetProperty("name").GetString());
        Assert.Equal("10.9.0.7", body.GetProperty("fake").GetProperty("host").GetString());
        Assert.Equal("s3cr3t", body.GetProperty("fake").GetProperty("password").GetString());
    }

    private Face NewFace()
    {
        var drivers = new UpsDrivers([_driver]);
        var scanner = new UpsScanner(Queries, TimeProvider.System, NullLogger<UpsScanner>.Instance);
        var commands = new DiscoveryCommands(scanner, drivers, Events);
        return new Face(services => services.AddSingleton(drivers).AddSingleton(commands));
    }
}
