using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Memory;

namespace VmPowerManager;

/// <summary>The program on trial: simulated UPSes, an administrator with a password of this start, and a data folder that
/// is made for it and deleted at its end. Never the data of a real installation.</summary>
internal static class Demo
{
    /// <summary>Asks for it on the command line; configuration <c>Demo=true</c> does the same.</summary>
    public const string Argument = "--demo";
    public const string Email = "demo@example.org";
    private const string FolderKey = "Demo:Folder";

    public static bool IsAsked(string[] args, IConfiguration configuration) =>
        args.Contains(Argument) || configuration.GetValue("Demo", false);

    /// <summary>Without the argument, which is no setting: what follows it would be taken as its value.</summary>
    public static string[] Without(string[] args) => [.. args.Where(arg => arg != Argument)];

    /// <summary>Settings that win over all others but the number of UPSes.</summary>
    public static MemoryConfigurationSource Source(IConfiguration configuration)
    {
        var name = $"vm-power-manager-demo-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var folder = Path.Combine(Path.GetTempPath(), name);
        var upses = configuration.GetValue("Simulator:Upses", 0);
        return new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Data:Path"] = folder,
                [FolderKey] = folder,
                ["Setup:Email"] = Email,
                ["Setup:Password"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
                ["Simulator:Upses"] = upses > 0 ? $"{upses}" : "3",
            },
        };
    }

    /// <summary>Says how to get in once it listens, and deletes its folder at the end. Does nothing where this is none.</summary>
    public static void Announce(WebApplication app)
    {
        if (app.Configuration[FolderKey] is not { } folder)
            return;
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(Welcome(app)));
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The system empties its temporary folder by itself.
            }
        });
    }

    private static string Welcome(WebApplication app) =>
        $"""

            This is a demo: its UPSes are simulated, and its data is deleted when it ends.
            Open {Address(app)} and sign in as {Email} with the password {app.Configuration[
                "Setup:Password"
            ]}

            """;

    /// <summary>What listens on every address is at home here.</summary>
    private static string Address(WebApplication app) =>
        (app.Urls.FirstOrDefault() ?? "")
            .Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
}
