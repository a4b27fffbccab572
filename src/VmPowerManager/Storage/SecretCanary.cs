using System.Security.Cryptography;

namespace VmPowerManager.Storage;

/// <summary>One known secret, decrypted at every start: lost keys are said at once, not in the outage that needs a
/// password (STYLE: Toolchain 12).</summary>
public sealed partial class SecretCanary(
    Settings settings,
    DataFolder folder,
    IConfiguration configuration,
    ILogger<SecretCanary> logger
)
{
    private const string Key = "storage.canary";

    /// <summary>What is wrong with the stored secrets, in one sentence; null when they can be read.</summary>
    public string? Fault { get; private set; }

    public async Task CheckAsync(CancellationToken ct)
    {
        try
        {
            if (await settings.FindSecretAsync(Key, ct) is not null)
                return;
        }
        catch (CryptographicException e)
        {
            Fault =
                $"The stored secrets cannot be read: their keys are not in {folder.Keys}. Restore that folder from a "
                + "backup, or start once with Data:AcceptLostKeys=true and enter the passwords of all devices again.";
            if (!configuration.GetValue<bool>("Data:AcceptLostKeys"))
            {
                LogLost(logger, Fault, e.Message);
                return;
            }
            LogAccepted(logger);
            Fault = null;
        }
        await settings.SaveSecretAsync(Key, "canary", ct);
    }

    [LoggerMessage(LogLevel.Critical, "{Fault} ({Reason})")]
    private static partial void LogLost(ILogger logger, string fault, string reason);

    [LoggerMessage(LogLevel.Warning, "The keys of the stored secrets are lost, and that was accepted.")]
    private static partial void LogAccepted(ILogger logger);
}
