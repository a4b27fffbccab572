using System.Net.NetworkInformation;

namespace VmPowerManager.Protocols.WakeOnLan;

/// <summary>Whom to wake, and by which way.</summary>
/// <param name="Address">Of the network card.</param>
/// <param name="Host">Where to send it: a broadcast address of another network, or a relay; null: the broadcasts of our own.</param>
/// <param name="Interface">Name or address of the one interface to send from; null: all that are up.</param>
public sealed record WakeTarget(PhysicalAddress Address, string? Host = null, int Port = 9, string? Interface = null)
{
    /// <summary>The password that the card wants behind the packet (SecureOn); null: none.</summary>
    public byte[]? SecureOn { get; init; }

    /// <summary>A packet may be lost, and nobody would say so: it is sent so often.</summary>
    public int Repeats { get; init; } = 3;
}
