namespace VmPowerManager.Notifications;

/// <summary>What messages must know of this installation.</summary>
internal sealed partial class Site(Uri? baseUrl, TimeZoneInfo? zone)
{
    /// <summary>Where people reach the pages; null: messages carry no link.</summary>
    public Uri? BaseUrl { get; } = baseUrl;

    /// <summary>Times are told in it as well as in UTC; null: in UTC alone.</summary>
    public TimeZoneInfo? Zone { get; } = zone;

    public static Site From(IConfiguration configuration, ILogger<Site> logger) =>
        new(ReadUrl(configuration["Site:BaseUrl"], logger), ReadZone(configuration["Site:TimeZone"], logger));

    private static Uri? ReadUrl(string? text, ILogger logger)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (
            Uri.TryCreate(text.Trim().TrimEnd('/') + "/", UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
        )
            return url;
        LogIgnored(logger, "Site:BaseUrl", text);
        return null;
    }

    private static TimeZoneInfo? ReadZone(string? text, ILogger logger)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text.Trim(), out var zone))
            return zone;
        LogIgnored(logger, "Site:TimeZone", text);
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "{Setting} is ignored: {Value} is not valid.")]
    private static partial void LogIgnored(ILogger logger, string setting, string value);
}
