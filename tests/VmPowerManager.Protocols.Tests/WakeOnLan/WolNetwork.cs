using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace VmPowerManager.Protocols.Tests.WakeOnLan;

/// <summary>Two networks of tests/lab/wol, for one test: what is sent in them is recorded by tcpdump and socat.</summary>
internal sealed class WolNetwork : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmpm-lab-wol-").FullName;

    /// <summary>Skips the test where network namespaces or the tools are missing; where the lab is required, fails.</summary>
    public static async Task<WolNetwork> UpAsync()
    {
        var missing =
            Environment.UserName != "root" ? "network namespaces need root"
            : !File.Exists("/usr/bin/tcpdump") ? "tcpdump is not installed"
            : !File.Exists("/usr/bin/socat") ? "socat is not installed"
            : !File.Exists("/usr/sbin/etherwake") ? "etherwake is not installed"
            : null;
        if (missing is not null && Environment.GetEnvironmentVariable("LAB") == "required")
            Assert.Fail($"The lab is required: {missing}");
        if (missing is not null)
            Assert.Skip(missing);
        var network = new WolNetwork();
        await network.ScriptAsync([], "up");
        return network;
    }

    /// <summary>Runs a command in the network that wakes.</summary>
    public Task RunAsync(Dictionary<string, string> environment, params string[] command) =>
        ScriptAsync(environment, ["run", .. command]);

    /// <summary>Once all has arrived: the magic packets that came by each cable, with what stands behind them, and those that
    /// a program on the other side received.</summary>
    public async Task<(IReadOnlyList<Frame> Lan0, IReadOnlyList<Frame> Lan1, int Received)> ArrivedAsync()
    {
        await ScriptAsync([], "settle");
        var received = await File.ReadAllBytesAsync(Path.Combine(_folder, "wol/received"));
        return (Frames("lan0"), Frames("lan1"), Count(received));
    }

    public async ValueTask DisposeAsync()
    {
        await ScriptAsync([], "down");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Of a pcap file: a head of 24 bytes, then a head of 16 (length at 8) before each frame.</summary>
    private List<Frame> Frames(string cable)
    {
        var file = File.ReadAllBytes(Path.Combine(_folder, $"wol/{cable}.pcap"));
        var frames = new List<Frame>();
        for (var at = 24; at + 16 <= file.Length; )
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            var frame = file.AsSpan(at + 16, length);
            if (frame[14..].IndexOf(Synchronisation) is >= 0 and var magic)
                frames.Add(
                    new(
                        BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x0842
                            ? "frame"
                            : $"{frame[30]}.{frame[31]}.{frame[32]}.{frame[33]}",
                        Convert.ToHexString(frame.Slice(14 + magic + 6, 6)),
                        Convert.ToHexString(frame[(14 + magic + 102)..])
                    )
                );
            at += 16 + length;
        }
        return frames;
    }

    private static int Count(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        for (int at; (at = bytes.IndexOf(Synchronisation)) >= 0; count++)
            bytes = bytes[(at + 102)..];
        return count;
    }

    private static ReadOnlySpan<byte> Synchronisation => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    private async Task ScriptAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), "wol"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment["LAB_DIR"] = _folder;
        using var process = Process.Start(start)!; // not null: no shell is used
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tests/lab/wol {string.Join(' ', arguments)}: {error}{await output}");
    }

    private static string Scripts([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "tests/lab")))
                return Path.Combine(folder.FullName, "tests/lab");
        return Path.Combine(Path.GetDirectoryName(here) ?? ".", "../../lab");
    }
}

/// <param name="To">An IPv4 address, or <c>frame</c>: EtherType 0x0842.</param>
/// <param name="Behind">Bytes behind the packet: a password.</param>
internal sealed record Frame(string To, string Mac, string Behind);
