using Coravel;

namespace VmPowerManager.Events;

public static partial class EventsRegistration
{
    /// <summary>The event log, its store and the live stream. After AddStorage; before every worker, so that it stops last.</summary>
    public static WebApplicationBuilder AddEvents(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<EventStore>();
        services.AddSingleton(p => new LiveStream(p.GetRequiredService<EventStore>().Highest()));
        services.AddSingleton<EventLog>();
        services.AddSingleton<EventQueries>();
        services.AddHostedService<EventWriter>();
        services.AddScheduler();
        services.AddTransient<EventRetentionJob>();
        return builder;
    }

    public static WebApplication MapEvents(this WebApplication app)
    {
        app.MapEventEndpoints();
        var logger = app.Services.GetRequiredService<ILogger<EventRetentionJob>>();
        app.Services.UseScheduler(s =>
                s.OnWorker("events").Schedule<EventRetentionJob>().DailyAt(3, 15).PreventOverlapping("events.retention")
            )
            .OnError(e => LogRetentionFailed(logger, e));
        return app;
    }

    [LoggerMessage(LogLevel.Error, "Old events could not be deleted.")]
    private static partial void LogRetentionFailed(ILogger logger, Exception e);
}
