using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace VmPowerManager.Protocols.Ipmi;

/// <summary>One run of the program <c>ipmitool</c>. The password goes by its environment, which holds nothing else of ours.</summary>
internal static class IpmiProcess
{
    /// <summary>Characters kept of each output; what comes after is read and dropped.</summary>
    public const int MostOutput = 64 * 1024;

    /// <summary>Cancelled, the program and all that it started are killed.</summary>
    /// <exception cref="DeviceException">Unsupported: it is not installed.</exception>
    public static async Task<IpmiOutput> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string password,
        CancellationToken ct
    )
    {
        using var process = Start(program, arguments, password);
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, ct);
            var error = ReadAsync(process.StandardError, ct);
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(ct);
            return new(process.ExitCode, await output, await error);
        }
        finally
        {
            Kill(process);
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, string password)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        var path = start.Environment.TryGetValue("PATH", out var own) ? own : null;
        start.Environment.Clear();
        start.Environment["PATH"] = path ?? "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = "/";
        start.Environment["IPMITOOL_PASSWORD"] = password;
        try
        {
            return Process.Start(start)!; // not null: no shell is used
        }
        catch (Win32Exception e)
        {
            throw new DeviceException(DeviceFault.Unsupported, $"{IpmiClient.NotInstalled} ({e.Message})", e);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var (kept, buffer) = (new StringBuilder(), new char[4096]);
        for (int got; (got = await reader.ReadAsync(buffer, ct)) > 0; )
            kept.Append(buffer, 0, Math.Min(got, MostOutput - kept.Length));
        return kept.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself just now.
        }
    }
}

/// <summary>What the program gave back.</summary>
internal sealed record IpmiOutput(int ExitCode, string Output, string Error);
