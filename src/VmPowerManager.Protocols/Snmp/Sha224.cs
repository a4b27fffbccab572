using System.Buffers.Binary;
using System.Numerics;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>SHA-224 (FIPS 180-4, 6.3), which .NET does not have and RFC 7860 names.</summary>
internal static class Sha224
{
    public const int Size = 28;
    private const int Block = 64;

    /// <summary>The first 32 bits of the fractions of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] Constants = [.. Primes(64).Select(CubeRootFraction)];

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        // The second 32 bits of the fractions of the square roots of the 9th to 16th primes.
        Span<uint> state =
        [
            0xC1059ED8,
            0x367CD507,
            0x3070DD17,
            0xF70E5939,
            0xFFC00B31,
            0x68581511,
            0x64F98FA7,
            0xBEFA4FA4,
        ];
        var rest = data;
        for (; rest.Length >= Block; rest = rest[Block..])
            Compress(state, rest[..Block]);
        Span<byte> end = stackalloc byte[2 * Block];
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        var length = rest.Length < Block - 8 ? Block : 2 * Block;
        BinaryPrimitives.WriteInt64BigEndian(end[(length - 8)..], 8L * data.Length);
        for (var at = 0; at < length; at += Block)
            Compress(state, end.Slice(at, Block));
        var hash = new byte[Size];
        for (var i = 0; i < Size / 4; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(4 * i), state[i]);
        return hash;
    }

    /// <summary>RFC 2104.</summary>
    public static byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        if (key.Length > Block)
            key = Hash(key);
        var inner = new byte[Block + data.Length];
        var outer = new byte[Block + Size];
        key.CopyTo(inner);
        key.CopyTo(outer);
        for (var i = 0; i < Block; i++)
        {
            inner[i] ^= 0x36;
            outer[i] ^= 0x5C;
        }
        data.CopyTo(inner.AsSpan(Block));
        Hash(inner).CopyTo(outer, Block);
        return Hash(outer);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (var i = 0; i < 16; i++)
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        for (var i = 16; i < 64; i++)
            w[i] = w[i - 16] + Small(w[i - 15], 7, 18, 3) + w[i - 7] + Small(w[i - 2], 17, 19, 10);
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var i = 0; i < 64; i++)
        {
            var one = h + Large(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + Constants[i] + w[i];
            var two = Large(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + one, c, b, a, one + two);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static uint Small(uint x, int first, int second, int shift) =>
        BitOperations.RotateRight(x, first) ^ BitOperations.RotateRight(x, second) ^ (x >> shift);

    private static uint Large(uint x, int first, int second, int third) =>
        BitOperations.RotateRight(x, first)
        ^ BitOperations.RotateRight(x, second)
        ^ BitOperations.RotateRight(x, third);

    private static IEnumerable<int> Primes(int count) =>
        Enumerable.Range(2, 1000).Where(n => Enumerable.Range(2, n - 2).All(d => n % d != 0)).Take(count);

    private static uint CubeRootFraction(int prime)
    {
        var scaled = (BigInteger)prime << 96;
        var (low, high) = (BigInteger.Zero, BigInteger.One << 40);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (middle * middle * middle <= scaled)
                low = middle;
            else
                high = middle;
        }
        return (uint)(low & uint.MaxValue);
    }
}
