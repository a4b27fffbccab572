using System.Text.Json;
using VmPowerManager.Protocols;

namespace VmPowerManager.Notifications;

/// <summary>What a try came to.</summary>
/// <param name="Words">The peer's own, in one line.</param>
internal sealed record SendOutcome(bool Delivered, string Words)
{
    public bool Permanent { get; init; }
    public bool MessageOnly { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public string? Progress { get; init; }
}

/// <summary>Calls a channel's driver: adds the time limit, and turns whatever happens into outcome data.</summary>
internal sealed partial class ChannelCall(ChannelKinds kinds, TimeProvider time, ILogger<ChannelCall> logger)
{
    private const int LongestWords = 500;

    /// <exception cref="OperationCanceledException">Only when <paramref name="ct"/> says so.</exception>
    public async Task<SendOutcome> SendAsync(string kind, ChannelTarget target, Notification what, CancellationToken ct)
    {
        if (kinds.Find(kind) is not { } driver)
            return new(false, $"This version has no channel of the kind {kind}.");
        try
        {
            return await SendAsync(driver, target, what, ct);
        }
        catch (DeliveryException e)
        {
            return new(false, OneLine(Redacted(e.Message, driver, target)))
            {
                Permanent = e.Permanent,
                MessageOnly = e.MessageOnly,
                RetryAfter = e.RetryAfter,
                Progress = e.Progress,
            };
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            LogBug(logger, kind, e);
            return new(false, $"An internal error, the log says more: {e.GetType().Name}.");
        }
    }

    private async Task<SendOutcome> SendAsync(
        INotificationChannel driver,
        ChannelTarget target,
        Notification what,
        CancellationToken ct
    )
    {
        var limit = driver.Limit(target.Settings);
        using var timer = new CancellationTokenSource(limit, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            // A driver that does not heed its token is left behind, not waited for.
            var words = await driver.SendAsync(target, what, limited.Token).WaitAsync(limited.Token);
            return new(true, OneLine(Redacted(words, driver, target)));
        }
        catch (Exception e)
            when (timer.IsCancellationRequested && !ct.IsCancellationRequested && e is not DeliveryException)
        {
            return new(false, $"No answer within {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>A peer may quote what it was sent, "Cannot POST /hooks/TOKEN"; everybody reads these words.</summary>
    private static string Redacted(string words, INotificationChannel driver, ChannelTarget target)
    {
        var confidential = driver.Confidential.Select(key =>
            target.Settings.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
                ? Path(value.GetString() ?? "")
                : ""
        );
        return PeerWords.Without(words, target.Secrets.Values.Concat(confidential));
    }

    /// <summary>Which server it is may be read by everybody.</summary>
    private static string Path(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri.PathAndQuery : text;

    private static string OneLine(string words)
    {
        var clean = string.Join(
            ' ',
            new string([.. words.Select(c => char.IsControl(c) ? ' ' : c)]).Split(
                ' ',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        return clean.Length <= LongestWords ? clean : clean[..LongestWords] + "…";
    }

    [LoggerMessage(LogLevel.Error, "Sending by {Kind} failed by a bug.")]
    private static partial void LogBug(ILogger logger, string kind, Exception e);
}
