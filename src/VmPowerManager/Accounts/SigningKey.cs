using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>The key that signs access tokens: made once, kept with the protected secrets.</summary>
internal sealed partial class SigningKey(Settings settings, ILogger<SigningKey> logger)
{
    private const string Key = "accounts.signingKey";

    /// <exception cref="InvalidOperationException">Before <see cref="LoadAsync"/>.</exception>
    public SymmetricSecurityKey Value
    {
        get => field ?? throw new InvalidOperationException("The signing key is not loaded.");
        private set;
    }

    public async Task LoadAsync(bool replaceUnreadable, CancellationToken ct)
    {
        try
        {
            if (await settings.FindSecretAsync(Key, ct) is { } stored)
            {
                Value = new SymmetricSecurityKey(Convert.FromBase64String(stored));
                return;
            }
            replaceUnreadable = true;
        }
        catch (CryptographicException)
        {
            // Said by SecretCanary. Signing in goes on with a key of this process; the stored one may yet be rescued.
            LogTemporary(logger);
        }
        var bytes = RandomNumberGenerator.GetBytes(32);
        Value = new SymmetricSecurityKey(bytes);
        if (replaceUnreadable)
            await settings.SaveSecretAsync(Key, Convert.ToBase64String(bytes), ct);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The stored signing key cannot be read: everybody has to sign in again after each start."
    )]
    private static partial void LogTemporary(ILogger logger);
}
