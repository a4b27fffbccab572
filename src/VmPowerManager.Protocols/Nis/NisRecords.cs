using System.Buffers.Binary;
using System.Text;

namespace VmPowerManager.Protocols.Nis;

/// <summary>The framing (apcupsd's manual, "NIS network server protocol"): records of a 16-bit length, big-endian, and that
/// many bytes of text; length 0 ends an answer.</summary>
internal static class NisRecords
{
    public static byte[] Request(string command)
    {
        var request = new byte[2 + Encoding.ASCII.GetByteCount(command)];
        BinaryPrimitives.WriteUInt16BigEndian(request, (ushort)(request.Length - 2));
        Encoding.ASCII.GetBytes(command, request.AsSpan(2));
        return request;
    }

    /// <summary>The text of a whole answer.</summary>
    /// <exception cref="DeviceException">Unreachable: the peer closed; ProtocolError: a bound is passed.</exception>
    public static async Task<string> ReadAnswerAsync(Stream stream, CancellationToken ct)
    {
        var answer = new MemoryStream();
        var buffer = new byte[NisLimits.RecordBytes];
        for (var records = 0; ; records++)
        {
            await ReadAsync(stream, buffer.AsMemory(0, 2), inAnswer: records > 0, ct);
            int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            if (length == 0)
                return Encoding.UTF8.GetString(answer.GetBuffer().AsSpan(0, (int)answer.Length));
            if (length > NisLimits.RecordBytes)
                throw new DeviceException(
                    DeviceFault.ProtocolError,
                    $"A record of {length} bytes is announced: this is not apcupsd."
                );
            if (records >= NisLimits.Records || answer.Length + length > NisLimits.AnswerBytes)
                throw new DeviceException(DeviceFault.ProtocolError, "The answer does not end.");
            await ReadAsync(stream, buffer.AsMemory(0, length), inAnswer: true, ct);
            answer.Write(buffer, 0, length);
        }
    }

    private static async ValueTask ReadAsync(Stream stream, Memory<byte> into, bool inAnswer, CancellationToken ct)
    {
        var read = await stream.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, ct);
        if (read < into.Length)
            throw new DeviceException(
                DeviceFault.Unreachable,
                inAnswer || read > 0
                    ? "The server closed the connection in the middle of an answer."
                    : "The server closed the connection."
            );
    }
}
