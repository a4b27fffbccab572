using System.Security.Cryptography;
using System.Text;

namespace VmPowerManager.Accounts;

/// <summary>Proves that whoever sets up can read the log. Made anew at each start until a user exists; 60 bits, without
/// letters that are mistaken for digits.</summary>
internal sealed class SetupCode
{
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    public string Text { get; } =
        string.Join(
            '-',
            RandomNumberGenerator.GetString(Alphabet, 4),
            RandomNumberGenerator.GetString(Alphabet, 4),
            RandomNumberGenerator.GetString(Alphabet, 4)
        );

    /// <summary>No user exists: whoever comes is asked for the code.</summary>
    public bool Wanted { get; private set; }

    public void Ask() => Wanted = true;

    /// <summary>A user exists.</summary>
    public void Close() => Wanted = false;

    public bool Is(string? code) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Text),
            Encoding.UTF8.GetBytes((code ?? "").Trim().ToUpperInvariant())
        );
}
