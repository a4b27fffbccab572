using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VmPowerManager.LabUps;

/// <summary>A few lines with upsd that this program's own client has no part in.</summary>
internal static class UpsdTalk
{
    /// <summary>Says these lines as they are, on a connection of its own; gives one line of answer for each.</summary>
    public static async Task<IReadOnlyList<string>> AskAsync(int port, params string[] requests)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var answers = new List<string>();
        foreach (var request in requests)
        {
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request + "\n"));
            answers.Add(await reader.ReadLineAsync() ?? "");
        }
        return answers;
    }

    public static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            return (await AskAsync(port, "VER")).Count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>How many lines LIST VAR has; 0 while the driver is not there yet.</summary>
    public static async Task<int> CountVariablesAsync(int port, string ups)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"LIST VAR {ups}\n"));
        var lines = new List<string>();
        while (await reader.ReadLineAsync() is { } line && !line.StartsWith('E'))
            lines.Add(line);
        return lines.Any(line => line.Contains("driver.version", StringComparison.Ordinal)) ? lines.Count : 0;
    }
}
