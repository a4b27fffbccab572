namespace VmPowerManager.Hosts;

/// <summary>Beginnings of words that say more than their fault (POLICY C4).</summary>
internal static class HostFaults
{
    /// <summary>Of an Unreachable: who would know of the host does not answer; of the host itself this says nothing, neither
    /// silence nor life.</summary>
    public const string NotKnown = "not known";

    /// <summary>Of an Unreachable: nobody was asked.</summary>
    public const string NotResolved = "name not resolved";

    /// <summary>Of an Unreachable: its network is there.</summary>
    public const string Refused = "connection refused";

    /// <summary>Nobody was asked who could know.</summary>
    public static bool ProvesNothing(string words) =>
        words.StartsWith(NotResolved, StringComparison.Ordinal) || words.StartsWith(NotKnown, StringComparison.Ordinal);
}
