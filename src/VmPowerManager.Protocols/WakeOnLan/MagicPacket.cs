using System.Net.NetworkInformation;

namespace VmPowerManager.Protocols.WakeOnLan;

/// <summary>The frame that wakes a network card: six bytes 0xFF, then its address sixteen times (AMD, Magic Packet
/// Technology, 1995).</summary>
public static class MagicPacket
{
    private const int Synchronisation = 6;
    private const int Repetitions = 16;
    private const int AddressLength = 6;
    public const int Length = Synchronisation + (Repetitions * AddressLength);

    /// <exception cref="DeviceException">The address has not six bytes.</exception>
    public static byte[] For(PhysicalAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length != AddressLength)
            throw new DeviceException(DeviceFault.Refused, $"{address} is no MAC address of six bytes.");
        var packet = new byte[Length];
        packet.AsSpan(0, Synchronisation).Fill(0xFF);
        for (var i = 0; i < Repetitions; i++)
            bytes.CopyTo(packet, Synchronisation + (i * AddressLength));
        return packet;
    }
}
