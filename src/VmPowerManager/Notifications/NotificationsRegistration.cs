using Coravel;
using VmPowerManager.Notifications.Email;
using VmPowerManager.Notifications.Webhook;

namespace VmPowerManager.Notifications;

/// <summary>The feature's services. Needs storage, events, UPSes and plans.</summary>
public static partial class NotificationsRegistration
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        // One line a channel.
        services.AddSingleton<INotificationChannel, EmailChannel>();
        services.AddSingleton<INotificationChannel, WebhookChannel>();

        services.AddSingleton(p =>
            Site.From(p.GetRequiredService<IConfiguration>(), p.GetRequiredService<ILogger<Site>>())
        );
        services.AddSingleton<NotificationScreens>();
        services.AddSingleton<ChannelKinds>().AddSingleton<ChannelDirectory>().AddSingleton<ChannelCall>();
        services.AddSingleton<ChannelHealths>().AddSingleton<NotificationComposer>();
        services.AddSingleton<DeliveryBook>().AddSingleton<DeliveryStore>().AddSingleton<NotificationWorkers>();
        // Stopped in reverse order: no new messages, no more sending, then the record of it.
        services.AddHostedService<DeliveryWriter>();
        services.AddHostedService(p => p.GetRequiredService<NotificationWorkers>());
        services.AddHostedService<NotificationDispatcher>();
        services.AddSingleton<NotificationQueries>().AddSingleton<ChannelCommands>();
        services.AddSingleton<SubscriptionCommands>().AddSingleton<DeliveryCommands>();
        services.AddTransient<DeliveryRetentionJob>();
        return services;
    }

    public static WebApplication UseNotifications(this WebApplication app)
    {
        app.MapNotifications();
        var logger = app.Services.GetRequiredService<ILogger<DeliveryRetentionJob>>();
        app.Services.UseScheduler(s =>
                s.OnWorker("notifications")
                    .Schedule<DeliveryRetentionJob>()
                    .DailyAt(3, 30)
                    .PreventOverlapping("notifications.retention")
            )
            .OnError(e => LogRetentionFailed(logger, e));
        return app;
    }

    [LoggerMessage(LogLevel.Error, "Old notifications could not be deleted.")]
    private static partial void LogRetentionFailed(ILogger logger, Exception e);
}
