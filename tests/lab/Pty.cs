using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VmPowerManager.LabUps;

/// <summary>A serial line without a cable: what a program writes to <see cref="Path"/> is read here, and the other way.</summary>
internal sealed class Pty : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControl = 0x100;

    private readonly SafeFileHandle _slave;
    private readonly FileStream _master;

    public Pty()
    {
        var master = posix_openpt(ReadWrite | NoControl);
        var name = new byte[128];
        if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, name.Length) != 0)
            throw new IOException("No pseudo-terminal.");
        Path = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
        // Kept open, so that a read does not fail while the program is not there. Not by .NET, which would lock it.
        _slave = new SafeFileHandle(open(name, ReadWrite | NoControl), ownsHandle: true);
        _master = new FileStream(new SafeFileHandle(master, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    public string Path { get; }

    /// <summary>Up to a carriage return; null at the end.</summary>
    public string? ReadCommand()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        try
        {
            while (_master.Read(one) == 1)
            {
                if (one[0] == '\r')
                    return text.ToString();
                text.Append((char)one[0]);
            }
        }
        catch (IOException)
        {
            // The other end is closed: the end.
        }
        return null;
    }

    public void Write(string text) => _master.Write(Encoding.ASCII.GetBytes(text));

    public void Dispose()
    {
        // In this order: a read that waits ends when nobody holds the other end.
        _slave.Dispose();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int posix_openpt(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int grantpt(int master);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlockpt(int master);

    [DllImport("libc", SetLastError = true)]
    private static extern int ptsname_r(int master, byte[] name, nint length);
}
