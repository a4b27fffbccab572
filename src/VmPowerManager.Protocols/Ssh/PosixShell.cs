namespace VmPowerManager.Protocols.Ssh;

/// <summary>The one place where text becomes part of a shell line (POSIX XCU 2.2.2: single quotes).</summary>
public static class PosixShell
{
    /// <summary>One word of a shell line that means exactly <paramref name="value"/>, whatever it holds.</summary>
    /// <exception cref="ArgumentException">A NUL, which no argument can carry.</exception>
    public static string Quote(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("An argument cannot hold a NUL character.", nameof(value));
        return $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
