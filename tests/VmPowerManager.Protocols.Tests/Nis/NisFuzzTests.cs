using System.Globalization;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Protocols.Tests.Nis;

/// <summary>Whatever a server sends, it is read or refused as a device fault, at once: nothing else gets out, nothing hangs,
/// nothing grows. VMPM_FUZZ sets the number of inputs.</summary>
public sealed class NisFuzzTests
{
    private const long MostBytesAnInput = 4 << 20;
    private const long MostBytesKept = 64 << 20;
    private static readonly int Inputs = int.Parse(
        Environment.GetEnvironmentVariable("VMPM_FUZZ") ?? "200000",
        CultureInfo.InvariantCulture
    );

    private static readonly byte[][] Seeds =
    [
        NisSamples.Records(NisSamples.Status),
        NisSamples.Records(NisSamples.Events),
        [.. NisSamples.Record(NisSamples.Status), 0, 0],
        [.. NisSamples.Record("Invalid command\n\0"), 0, 0],
    ];

    /// <summary>Bytes that mean something here: the parts of lengths, line ends, the colon.</summary>
    private static readonly byte[] Telling = [0x00, 0x01, 0x10, 0x7f, 0x80, 0xff, (byte)'\n', (byte)':', (byte)' '];

    [Fact]
    public async Task Answers_Mutated_OnlyDeviceFaultsGetOut()
    {
        var random = new Random(20261123);
        var (read, refused) = (0, 0);
        var atFirst = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Inputs; i++)
        {
            var input = Mutate(random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var stream = new MemoryStream(input);
                var answer = NisRecords.ReadAnswerAsync(stream, default);
                Assert.True(answer.IsCompleted, $"Input {i} hangs.");
                NisStatus.Parse(await answer);
                read++;
            }
            catch (DeviceException)
            {
                refused++;
            }
            var grown = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(grown < MostBytesAnInput, $"Input {i} of {input.Length} bytes took {grown} bytes.");
        }
        var kept = GC.GetTotalMemory(forceFullCollection: true) - atFirst;
        Assert.True(kept < MostBytesKept, $"{kept} bytes are kept.");
        // Else the inputs would not reach what they shall.
        Assert.True(read > Inputs / 20 && refused > Inputs / 20, $"{read} read, {refused} refused");
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = new List<byte>(Seeds[random.Next(Seeds.Length)]);
        for (var edits = random.Next(6); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            var value = random.Next(2) == 0 ? Telling[random.Next(Telling.Length)] : (byte)random.Next(256);
            switch (random.Next(5))
            {
                case 0:
                    bytes.Insert(at, value);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = value;
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(value, bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(value, bytes.Count - at)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }
}
