namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>Makes bad answers of good ones, the same ones for the same seed.</summary>
internal sealed class NutMutator(int seed, IReadOnlyList<byte[]> good)
{
    private const int Longest = 40_000;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\0",
            " ",
            "\t",
            "ERR ",
            "OK",
            "BEGIN LIST ",
            "END LIST ",
            "TRACKING",
            "-1",
        }.Select(System.Text.Encoding.ASCII.GetBytes),
        [0xC3, 0x28],
        [0xFF, 0xFE],
        [0xF0, 0x9F, 0x94],
    ];

    private readonly Random _random = new(seed);
    private int _turn;

    /// <summary>The answers in turn, each changed in up to eight places.</summary>
    public byte[] Next()
    {
        var bytes = new List<byte>(good[_turn++ % good.Count]);
        for (var edits = _random.Next(9); edits > 0; edits--)
            Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var count = Math.Min(_random.Next(1, 24), bytes.Count - at);
        switch (_random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                bytes.InsertRange(at, Words[_random.Next(Words.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, count);
                break;
            case 4:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, count));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                var other = good[_random.Next(good.Count)];
                bytes.InsertRange(at, other.AsSpan(_random.Next(other.Length)).ToArray());
                break;
            // Seldom, for it is slow: a line or a list without an end.
            case 7 when _random.Next(50) == 0:
                Repeat(bytes, at, count);
                break;
        }
    }

    private void Repeat(List<byte> bytes, int at, int count)
    {
        var part = count == 0 ? [(byte)'x'] : bytes.GetRange(at, count).ToArray();
        for (var times = _random.Next(1, Longest / part.Length); times > 0; times--)
            bytes.InsertRange(at, part);
        if (bytes.Count > Longest)
            bytes.RemoveRange(Longest, bytes.Count - Longest);
    }
}
