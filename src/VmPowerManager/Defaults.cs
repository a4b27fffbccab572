using Microsoft.Extensions.Configuration.Memory;

namespace VmPowerManager;

/// <summary>The configuration that needs no file: appsettings.json, embedded. It comes first, so a file beside the
/// program, the environment and the arguments all win over it.</summary>
internal static class Defaults
{
    public static MemoryConfigurationSource Source()
    {
        // Embedded by the project file.
        using var json = typeof(Defaults).Assembly.GetManifestResourceStream("appsettings.json")!;
        var values = new ConfigurationBuilder().AddJsonStream(json).Build().AsEnumerable();
        return new MemoryConfigurationSource { InitialData = values.Where(v => v.Value is not null).ToList() };
    }

    /// <summary>Published: where the program lies. Under <c>dotnet run</c>: where it was started, the repository root.</summary>
    public static string? ContentRoot() =>
        Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")) ? AppContext.BaseDirectory : null;
}
