using Bunit;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Events;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class UpsPageTests : UpsCommandsBench
{
    [Fact]
    public async Task AnotherUps_OnTheSamePage_IsShownInItsPlace()
    {
        var first = await CreateAsync(Body("rack-a"));
        var second = await CreateAsync(Body("rack-b", host: "10.0.0.2"));
        await using var face = NewFace();
        var page = face.Render<UpsPage>(p => p.Add(u => u.Id, first));
        page.WaitForAssertion(() => Assert.Equal("rack-a", page.Find("h1").TextContent));

        page.Render(p => p.Add(u => u.Id, second));

        page.WaitForAssertion(() => Assert.Equal("rack-b", page.Find("h1").TextContent));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#ups-charts")));
    }

    [Fact]
    public async Task RemovedBySomebodyElse_SaysSo()
    {
        var id = await CreateAsync(Body());
        await using var face = NewFace();
        var page = face.Render<UpsPage>(p => p.Add(u => u.Id, id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#ups-charts")));

        await Commands.DeleteAsync(Admin, id, default);

        page.WaitForAssertion(() => Assert.Equal("No such UPS", page.Find("h1").TextContent));
    }

    private Face NewFace() =>
        new(services =>
            services
                .AddSingleton(Screens)
                .AddSingleton(Drivers)
                .AddSingleton(Queries)
                .AddSingleton(Commands)
                .AddSingleton(Actions)
                .AddSingleton(Batteries)
                .AddSingleton(Past)
                .AddSingleton(new EventQueries(Events, new LiveStream(), Database))
        );
}
