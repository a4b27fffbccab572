using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Hosts;

/// <summary>The Hosts feature on a database of its own, with UPSes 1 and 2.</summary>
public sealed class HostsHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder = Directory.CreateTempSubdirectory("vmhpm-hosts-").FullName;
    private bool _started;

    public HostsHarness(TimeProvider? time = null, params IHostDriver[] drivers)
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton(p => new EventLog(p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddSingleton<SecretBox>();
        services.AddSingleton<IUpsFeed>(new TwoUpses());
        services.AddDbContextFactory<AppDb>(o => o.UseSqlite($"Data Source={Database};Pooling=False"));
        services.AddHosts();
        foreach (var driver in drivers)
        {
            foreach (var real in services.Where(s => IsOf(s, driver.Platform)).ToList())
                services.Remove(real);
            services.AddSingleton(driver);
        }
        services.AddSingleton<ITargetOwner>(Owner);
        _services = services.BuildServiceProvider();
    }

    /// <summary>A driver of ours stands in for the real one of its platform.</summary>
    private static bool IsOf(ServiceDescriptor service, string platform) =>
        service.ServiceType == typeof(IHostDriver)
        && service.ImplementationType is { } type
        && ((IHostDriver)RuntimeHelpers.GetUninitializedObject(type)).Platform == platform;

    public string Database => Path.Combine(_folder, "app.db");
    public FakeOwner Owner { get; } = new();
    public IHostFeed Feed => Get<IHostFeed>();
    internal HostCommands Commands => Get<HostCommands>();
    internal HostPowerCommands PowerCommands => Get<HostPowerCommands>();
    internal HostQueries Queries => Get<HostQueries>();
    internal HostMonitor Monitor => Get<HostMonitor>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static ClaimsPrincipal As(string role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ann"), new Claim(ClaimTypes.Role, role)], "test"));

    public static ClaimsPrincipal Admin { get; } = As("Administrator");

    public async Task<HostsHarness> CreateAsync()
    {
        await using var db = await Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        await db.Database.EnsureCreatedAsync();
        return this;
    }

    /// <summary>Starts the workers.</summary>
    public async Task<HostsHarness> StartAsync()
    {
        await CreateAsync();
        foreach (var worker in _services.GetServices<IHostedService>())
            await worker.StartAsync(CancellationToken.None);
        _started = true;
        return this;
    }

    /// <summary>Waits for a condition of the picture, in real time and bounded.</summary>
    public static Task UntilAsync(Func<bool> condition, double seconds = 60) =>
        Soon.BecomesTrueAsync(() => Task.FromResult(condition()), "the picture that is wanted", seconds);

    public async ValueTask DisposeAsync()
    {
        if (_started)
            foreach (var worker in _services.GetServices<IHostedService>().Reverse())
                await worker.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal sealed class TwoUpses : IUpsFeed
    {
        public IReadOnlyList<UpsPolicy> Policies { get; } =
        [new() { UpsId = 1, Name = "ups1" }, new() { UpsId = 2, Name = "ups2" }];
        public IReadOnlyList<UpsObservation> Latest => [];

        public IDisposable Subscribe(Action<UpsObservation> onObservation) => throw new NotSupportedException();

        public IDisposable SubscribePolicies(Action onChanged) => throw new NotSupportedException();
    }
}

public sealed class FakeOwner : ITargetOwner
{
    public string? Name { get; set; }

    public string? OwnerOf(int? hostId, string? realm, string? externalId) => Name;
}
