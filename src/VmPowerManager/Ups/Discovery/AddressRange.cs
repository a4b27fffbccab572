using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Discovery;

/// <summary>The addresses that a person names: <c>192.168.1.0/24, 10.0.0.5-20, 10.0.1.1-10.0.1.9, fd00::7</c>.</summary>
internal static class AddressRange
{
    public const int Most = 4096;
    private const string Field = "range";

    /// <summary>In the order in which they were named, each once.</summary>
    /// <exception cref="InvalidInputException">With what is wrong.</exception>
    public static IReadOnlyList<IPAddress> Parse(string text)
    {
        var parts = text.Split([',', ';', ' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var found = new HashSet<IPAddress>();
        foreach (var (first, last) in parts.Select(Bounds))
        {
            if (last - first >= Most)
                throw TooMany();
            for (var address = first; address <= last; address++)
                found.Add(ToAddress(address));
            if (found.Count > Most)
                throw TooMany();
        }
        foreach (var part in parts)
            if (part.Contains(':', StringComparison.Ordinal))
                found.Add(IPAddress.Parse(part));
        return found.Count > 0 ? [.. found] : throw Wrong("Is required.");
    }

    /// <summary>First and last address; of an IPv6 address, which is taken alone, an empty range.</summary>
    private static (long First, long Last) Bounds(string part)
    {
        if (part.Contains(':', StringComparison.Ordinal))
            return
                IPAddress.TryParse(part, out var six)
                && six.AddressFamily == AddressFamily.InterNetworkV6
                && !six.IsIPv6Multicast
                ? (1, 0)
                : throw NoAddress(part);
        if (part.Split('/') is [var net, var length])
            return Subnet(part, net, length);
        if (part.Split('-') is [var from, var to])
            return FromTo(part, from, to);
        return V4(part) is { } one ? (one, one) : throw NoAddress(part);
    }

    private static (long, long) Subnet(string part, string net, string length)
    {
        if (
            V4(net) is not { } address
            || !byte.TryParse(length, CultureInfo.InvariantCulture, out var bits)
            || bits > 32
        )
            throw NoAddress(part);
        var size = 1L << (32 - bits);
        var first = address & ~(size - 1);
        // The net's own address and its broadcast belong to no machine.
        return bits >= 31 ? (first, first + size - 1) : (first + 1, first + size - 2);
    }

    /// <summary>The end may be written as its last number alone.</summary>
    private static (long, long) FromTo(string part, string from, string to)
    {
        var first = V4(from);
        var last =
            V4(to)
            ?? (
                first is { } f && byte.TryParse(to, CultureInfo.InvariantCulture, out var low)
                    ? (f & ~0xffL) | low
                    : null
            );
        return first is { } a && last is { } b && a <= b ? (a, b) : throw NoAddress(part);
    }

    /// <summary>Four numbers only: <c>IPAddress.TryParse</c> would take <c>10</c> and <c>0x7f.1</c> too.</summary>
    private static long? V4(string text)
    {
        var numbers = text.Split('.');
        if (numbers.Length != 4)
            return null;
        long address = 0;
        foreach (var number in numbers)
        {
            if (!byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return null;
            address = (address << 8) | value;
        }
        // 0.x is "this network", from 224 on there is no single machine.
        return address >> 24 is 0 or >= 224 ? null : address;
    }

    private static IPAddress ToAddress(long address) =>
        new([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);

    private static InvalidInputException NoAddress(string part) =>
        Wrong($"\"{part}\" is neither an address nor a range: 192.168.1.0/24, 192.168.1.10-50 or 192.168.1.7.");

    private static InvalidInputException TooMany() =>
        Wrong(string.Create(CultureInfo.InvariantCulture, $"Must not be more than {Most:N0} addresses."));

    private static InvalidInputException Wrong(string message) => new(Field, message);
}
