using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Platforms.Tests;

/// <summary>The drivers and wake methods as the program registers them, without its workers and its database.</summary>
public sealed class Drivers : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Drivers(TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton(p => new EventLog(p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddSingleton<SecretBox>();
        services.AddSingleton<IUpsFeed>(new NoUpses());
        services.AddDbContextFactory<AppDb>(o => o.UseSqlite("Data Source=:memory:"));
        services.AddHosts();
        _services = services.BuildServiceProvider();
    }

    public IHostDriver Of(string platform) => _services.GetServices<IHostDriver>().Single(d => d.Platform == platform);

    public IWakeMethod Waking(string method) => _services.GetServices<IWakeMethod>().Single(m => m.Method == method);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class NoUpses : IUpsFeed
    {
        public IReadOnlyList<UpsPolicy> Policies => [];
        public IReadOnlyList<UpsObservation> Latest => [];

        public IDisposable Subscribe(Action<UpsObservation> onObservation) => throw new NotSupportedException();

        public IDisposable SubscribePolicies(Action onChanged) => throw new NotSupportedException();
    }
}
