using System.Runtime.InteropServices;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>Where this build came from, and the published program that the tests drive.</summary>
public static class Repository
{
    private static readonly SemaphoreSlim _once = new(1);
    private static string? _app;

    public static string Root { get; } = FindRoot();

    /// <summary>VMPM_APP names a published VmPowerManager.dll; without it one is published now, once.</summary>
    public static async Task<string> PublishedAppAsync()
    {
        await _once.WaitAsync(CancellationToken.None);
        try
        {
            return _app ??= Environment.GetEnvironmentVariable("VMPM_APP") ?? await PublishAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>The program that runs these tests.</summary>
    public static string Dotnet =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    /// <summary>A program of the lab, built along with these tests, in the same configuration.</summary>
    public static string LabProgram(string folder, string name)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Release"; // bin/Debug/net10.0
        return Path.Combine(Root, $"tests/lab/{folder}/bin/{configuration}/net10.0/{name}.dll");
    }

    private static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(Root, "artifacts", "app");
        string[] arguments = ["publish", Path.Combine(Root, "src/VmPowerManager"), "-c", "Release", "-o", folder];
        (await Shell.RunAsync("dotnet", arguments)).Ok("dotnet publish");
        return Path.Combine(folder, "VmPowerManager.dll");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VmPowerManager.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("VmPowerManager.sln is in no folder above");
    }
}
