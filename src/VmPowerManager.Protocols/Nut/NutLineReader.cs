using System.Text;

namespace VmPowerManager.Protocols.Nut;

/// <summary>Reads lines (LF, or CR LF) with a bound on their length. One reader at a time.</summary>
internal sealed class NutLineReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[NutLimits.LineBytes];
    private int _start;
    private int _end;

    /// <summary>Whether bytes came that nobody asked for yet.</summary>
    public bool HasUnread => _end > _start;

    /// <summary>The next line without its end.</summary>
    /// <exception cref="DeviceException">Unreachable: the peer closed; ProtocolError: the line is too long.</exception>
    public async ValueTask<string> ReadAsync(CancellationToken ct)
    {
        var searched = _start;
        while (true)
        {
            var length = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(searched + length);
            searched = MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), ct);
            if (read == 0)
                throw new DeviceException(
                    DeviceFault.Unreachable,
                    HasUnread
                        ? "The server closed the connection in the middle of a line."
                        : "The server closed the connection."
                );
            _end += read;
        }
    }

    private string Take(int lineEnd)
    {
        var line = _buffer.AsSpan(_start, lineEnd - _start);
        _start = lineEnd + 1;
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        return Encoding.UTF8.GetString(line);
    }

    private int MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            throw new DeviceException(
                DeviceFault.ProtocolError,
                $"The answer has a line of more than {NutLimits.LineBytes} bytes: this is not a NUT server."
            );
        return _end;
    }
}
