namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Datagrams like real ones, and wrong: the same ones for the same seed.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private static readonly byte[] Telling =
    [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        0x30,
        0x40,
        0x7F,
        0x80,
        0x81,
        0x82,
        0x84,
        0x88,
        0xA0,
        0xA7,
        0xFF,
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = new List<byte>(seeds[_random.Next(seeds.Count)]);
        for (var edits = _random.Next(1, 8); edits > 0; edits--)
            Edit(bytes);
        return [.. bytes];
    }

    private void Edit(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var value = _random.Next(2) == 0 ? Telling[_random.Next(Telling.Length)] : (byte)_random.Next(256);
        switch (_random.Next(8))
        {
            case 0:
                bytes.Insert(at, value);
                break;
            case 1 when at < bytes.Count:
                bytes.RemoveAt(at);
                break;
            case 2 when at < bytes.Count:
                bytes.RemoveRange(at, _random.Next(bytes.Count - at));
                break;
            case 3 when bytes.Count < 4096:
                bytes.InsertRange(at, bytes.GetRange(0, Math.Min(bytes.Count, _random.Next(64))));
                break;
            case 4:
                var other = seeds[_random.Next(seeds.Count)];
                var from = _random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, _random.Next(Math.Min(32, other.Length - from))));
                break;
            default:
                if (at < bytes.Count)
                    bytes[at] = _random.Next(3) == 0 ? (byte)(bytes[at] ^ (1 << _random.Next(8))) : value;
                break;
        }
    }
}
