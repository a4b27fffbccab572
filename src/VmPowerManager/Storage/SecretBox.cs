using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace VmPowerManager.Storage;

/// <summary>Encrypts the secrets of a row: one protected JSON object a row (DESIGN 4).</summary>
public sealed class SecretBox(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("VmPowerManager.Secrets.v1");

    public string Protect<T>(T secrets) => _protector.Protect(JsonSerializer.Serialize(secrets));

    /// <exception cref="CryptographicException">The key that protected it is gone.</exception>
    public T Unprotect<T>(string sealedSecrets) =>
        JsonSerializer.Deserialize<T>(_protector.Unprotect(sealedSecrets))
        ?? throw new CryptographicException("The protected secrets are empty.");
}
