using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmPowerManager.LabUps;

/// <summary>A certificate for upsd. Debian's uses NSS: it goes into a database of that kind.</summary>
internal static class UpsdCertificate
{
    public const string Name = "nut-server";
    public const string Password = "nssdbpass";

    /// <summary>Puts a new one into <paramref name="folder"/> in place of any old one.</summary>
    /// <returns>Its SHA-256, in hexadecimal.</returns>
    public static async Task<string> RenewAsync(string folder)
    {
        foreach (var old in Directory.EnumerateFiles(folder, "*.db"))
            File.Delete(old);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        await File.WriteAllTextAsync($"{folder}/key.pem", key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync($"{folder}/cert.pem", certificate.ExportCertificatePem());
        await File.WriteAllTextAsync($"{folder}/pw", Password + "\n");
        await RunAsync("certutil", "-N", "-d", folder, "-f", $"{folder}/pw");
        // .NET gives the entry no name, by which upsd asks for it.
        await RunAsync(
            "openssl",
            "pkcs12",
            "-export",
            "-in",
            $"{folder}/cert.pem",
            "-inkey",
            $"{folder}/key.pem",
            "-name",
            Name,
            "-out",
            $"{folder}/server.p12",
            "-passout",
            "pass:p12"
        );
        await RunAsync("pk12util", "-i", $"{folder}/server.p12", "-d", folder, "-K", Password, "-W", "p12");
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            ) ?? throw new InvalidOperationException($"{program} does not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {error}{await output}");
    }
}
