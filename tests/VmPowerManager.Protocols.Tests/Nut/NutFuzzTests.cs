using System.Net;
using System.Text;
using CsCheck;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>Whatever a server sends, a call answers or fails as a device fault: nothing else gets out, nothing grows.</summary>
public sealed class NutFuzzTests
{
    private const string Transcript = """
        BEGIN LIST UPS
        UPS ups1 "Rack \"A\""
        END LIST UPS
        VAR ups1 ups.status "OL CHRG"
        BEGIN LIST VAR ups1
        VAR ups1 battery.charge "100"
        VAR ups1 ups.mfr "C:\\APC"
        VAR ups1 ups.status "OL"
        END LIST VAR ups1
        BEGIN LIST CMD ups1
        CMD ups1 load.off
        END LIST CMD ups1
        ERR DATA-STALE
        OK

        """;

    private static readonly NutEndpoint Nowhere = new("fuzz", 1);

    private static readonly Gen<byte[]> Mutated = Gen.Select(
        Gen.Int[0, 12],
        Gen.Select(
            Gen.Int[0, 3],
            Gen.Int[0, 100_000],
            Gen.OneOf(Gen.Byte, Gen.Int[0, 9].Select(i => "\"\\\n\r\0 ERVG"u8[i]))
        ).Array[0, 12],
        (skip, edits) =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Join('\n', Transcript.Split('\n').Skip(skip))).ToList();
            foreach (var (kind, place, value) in edits)
            {
                var at = place % (bytes.Count + 1);
                if (kind == 0)
                    bytes.Insert(at, value);
                else if (kind == 1 && at < bytes.Count)
                    bytes[at] = value;
                else if (kind == 2 && at < bytes.Count)
                    bytes.RemoveAt(at);
                else if (kind == 3)
                    bytes.RemoveRange(at, Math.Min(value, bytes.Count - at));
            }
            return bytes.ToArray();
        }
    );

    [Fact]
    public async Task Transcript_Unmutated_IsReadAsItIs()
    {
        using var server = new MemoryServer(Encoding.UTF8.GetBytes(Transcript));
        var client = Client(server);

        Assert.Equal([new NutUps("ups1", "Rack \"A\"")], await client.ListUpsAsync(default));
        Assert.Equal("OL CHRG", await client.GetVariableAsync("ups1", "ups.status", default));
        Assert.Equal(@"C:\APC", (await client.ListVariablesAsync("ups1", default))["ups.mfr"]);
        Assert.Equal(["load.off"], await client.ListCommandsAsync("ups1", default));
    }

    [Fact]
    public void Answers_Mutated_OnlyDeviceFaultsGetOut() =>
        Mutated.Sample(
            bytes =>
            {
                using var server = new MemoryServer(bytes);
                var client = Client(server);
                Task[] Calls() =>
                    [
                        client.ListUpsAsync(default),
                        client.GetVariableAsync("ups1", "ups.status", default),
                        client.ListVariablesAsync("ups1", default),
                        client.ListCommandsAsync("ups1", default),
                        client.RunCommandAsync("ups1", "load.off", null, default),
                    ];
                // The server's answers are at hand: every call has ended when it returns.
                foreach (var call in Calls())
                {
                    if (!call.IsCompleted)
                        return false;
                    if (call.Exception?.InnerException is { } e and not (DeviceException or NutDataStaleException))
                        throw new InvalidOperationException(Encoding.Latin1.GetString(bytes), e);
                }
                return true;
            },
            iter: 20_000,
            threads: 1
        );

    private static NutClient Client(MemoryServer server) =>
        new(Nowhere, new NutConnection(server, () => false, TimeProvider.System), IPAddress.Loopback);

    /// <summary>Answers each request with the next line or list of a fixed text, as if it had just come.</summary>
    private sealed class MemoryServer(byte[] answers) : Stream
    {
        private int _at;
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        /// <summary>One line a read, so that the client is not handed the answer to the next request.</summary>
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_at >= answers.Length)
                return 0;
            var line = answers.AsSpan(_at).IndexOf((byte)'\n');
            var length = Math.Min(line < 0 ? answers.Length - _at : line + 1, buffer.Length);
            answers.AsSpan(_at, length).CopyTo(buffer);
            _at += length;
            return length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => ValueTask.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count) { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
