using Microsoft.AspNetCore.Connections;
using VmPowerManager;
using VmPowerManager.Accounts;
using VmPowerManager.Api;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Notifications;
using VmPowerManager.Plans;
using VmPowerManager.Runs;
using VmPowerManager.Shell;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

try
{
    await using var app = App.Build(args);
    if (args.Contains(HealthProbe.Argument))
        return await HealthProbe.RunAsync(app.Configuration);
    // On the other core, beside the database; otherwise the first request would wait for them.
    _ = Task.Run(() => app.Services.GetRequiredService<EndpointDataSource>().Endpoints);
    await app.Services.StartStorageAsync(CancellationToken.None);
    Demo.Announce(app);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is StartRefusedException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

namespace VmPowerManager
{
    /// <summary>The table of contents: one Add and one Map a feature, in the order of DESIGN 2.</summary>
    public static class App
    {
        /// <summary>The program, not started: call StartStorageAsync before it runs. Touches nothing outside the process.</summary>
        /// <param name="adjust">For tests: replaces services after all features have added theirs.</param>
        public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
        {
            var builder = WebApplication.CreateBuilder(
                new WebApplicationOptions
                {
                    // Settings are read once: no watch on every folder below the content root.
                    Args = ["--hostBuilder:reloadConfigOnChange=false", .. Demo.Without(args)],
                    ApplicationName = nameof(VmPowerManager),
                    ContentRootPath = Defaults.ContentRoot(),
                }
            );
            builder.Configuration.Sources.Insert(0, Defaults.Source());
            if (builder.Configuration["Secrets:Path"] is { Length: > 0 } secrets)
                builder.Configuration.AddKeyPerFile(Path.GetFullPath(secrets), optional: true);
            if (Demo.IsAsked(args, builder.Configuration))
                builder.Configuration.Sources.Add(Demo.Source(builder.Configuration));
            builder.WebHost.UseStaticWebAssets();

            builder.AddStorage();
            builder.AddEvents();
            builder.AddAccounts();
            builder.Services.AddUps();
            builder.Services.AddHosts();
            builder.Services.AddPlans();
            builder.Services.AddRuns();
            builder.Services.AddNotifications();
            builder.AddApi();
            builder.AddShell();
            adjust?.Invoke(builder);

            var app = builder.Build();
            app.UseShell();
            app.UseApi();
            app.MapEvents();
            app.MapAccounts();
            app.MapUps();
            app.MapHosts();
            app.MapPlans();
            app.UseRuns();
            app.UseNotifications();
            app.MapApi();
            app.MapShell();
            app.UseEndpoints(_ => { }); // now, not at its start: they can be built early
            return app;
        }
    }
}
