namespace VmPowerManager.Api;

/// <summary><c>--healthcheck</c>: the program asks the instance that was started with the same configuration whether it
/// lives. Exit code 0 or 1. The image needs no other tool for it.</summary>
internal static class HealthProbe
{
    public const string Argument = "--healthcheck";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var address = Address(configuration);
        // A self-signed certificate is no sign of bad health.
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var client = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(new Uri(address, Health.Live));
            if (answer.IsSuccessStatusCode)
                return 0;
            await Console.Error.WriteLineAsync($"{address} answers {(int)answer.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer: {e.Message}");
        }
        return 1;
    }

    /// <summary>Where the instance listens, by Kestrel's own precedence: endpoints, URLs, ports.</summary>
    internal static Uri Address(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]);
        var urls = (configuration["urls"] ?? "").Split(';');
        var ports = (configuration["http_ports"] ?? "").Split(';').Select(p => p.Length > 0 ? $"http://*:{p}" : "");
        var first = endpoints.Concat(urls).Concat(ports).First(u => !string.IsNullOrWhiteSpace(u))!.Trim();
        return new Uri(
            first
                .Replace("://*", "://localhost", StringComparison.Ordinal)
                .Replace("://+", "://localhost", StringComparison.Ordinal)
                .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
                .Replace("://[::]", "://[::1]", StringComparison.Ordinal)
        );
    }
}
