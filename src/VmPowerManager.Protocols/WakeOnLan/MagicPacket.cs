using System.Globalization;
using System.Net.NetworkInformation;

namespace VmPowerManager.Protocols.WakeOnLan;

/// <summary>The frame that wakes a network card: six bytes 0xFF, then its address sixteen times (AMD, Magic Packet
/// Technology, 1995); some cards want a password of four or six bytes behind it (SecureOn).</summary>
public static class MagicPacket
{
    private const int Synchronisation = 6;
    private const int Repetitions = 16;
    private const int AddressLength = 6;
    public const int Length = Synchronisation + (Repetitions * AddressLength);

    /// <param name="secureOn">As <see cref="Password"/> reads it; null: none.</param>
    /// <exception cref="DeviceException">The address has not six bytes.</exception>
    public static byte[] For(PhysicalAddress address, byte[]? secureOn = null)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length != AddressLength)
            throw new DeviceException(DeviceFault.Refused, $"{address} is no MAC address of six bytes.");
        var packet = new byte[Length + (secureOn?.Length ?? 0)];
        packet.AsSpan(0, Synchronisation).Fill(0xFF);
        for (var i = 0; i < Repetitions; i++)
            bytes.CopyTo(packet, Synchronisation + (i * AddressLength));
        secureOn?.CopyTo(packet, Length);
        return packet;
    }

    /// <summary>A SecureOn password as people write it: six or four bytes in hexadecimal (<c>00:11:22:33:44:55</c>), or four as
    /// an address (<c>192.0.2.1</c>). Null: it is none.</summary>
    public static byte[]? Password(string text)
    {
        var (hex, dots) = (text.Trim().Split(':', '-'), text.Trim().Split('.'));
        if (dots.Length == 4 && dots.All(d => byte.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return [.. dots.Select(d => byte.Parse(d, NumberStyles.None, CultureInfo.InvariantCulture))];
        return hex.Length is 4 or 6 && hex.All(h => h.Length == 2 && h.All(char.IsAsciiHexDigit))
            ? [.. hex.Select(h => byte.Parse(h, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))]
            : null;
    }
}
