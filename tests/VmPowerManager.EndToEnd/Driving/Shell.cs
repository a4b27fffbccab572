using System.Diagnostics;

namespace VmPowerManager.EndToEnd.Driving;

public sealed record ShellResult(int Exit, string Output, string Error)
{
    public ShellResult Ok(string what)
    {
        Assert.True(Exit == 0, $"{what}: exit {Exit}\n{Output}{Error}");
        return this;
    }
}

/// <summary>Runs a program to its end, arguments as data.</summary>
public static class Shell
{
    public static async Task<ShellResult> RunAsync(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return new(process.ExitCode, await output, await error);
    }
}
