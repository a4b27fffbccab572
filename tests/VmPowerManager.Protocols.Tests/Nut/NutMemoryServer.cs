namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>Answers each request with the next line or list of a fixed text, as if it had just come.</summary>
internal sealed class NutMemoryServer(byte[] answers) : Stream
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

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
