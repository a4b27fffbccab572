using System.Reflection;
using System.Text;
using Renci.SshNet;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>What a command reads, and the end of it. Nothing may be sent on a channel after its close (RFC 4254, 5.3):
/// OpenSSH ends the whole connection for it. The library looks whether the channel is open and then sends, while its other
/// thread may answer a close in between; so the lock is held that it takes itself to close.</summary>
internal static class CommandInput
{
    /// <summary>Fits the window that any server opens, so that it is sent without waiting for the thread that reads.</summary>
    private const int Short = 16 * 1024;
    private const BindingFlags Inner = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>Blocks until all is sent, or the command ended without reading it: its result says whether that matters.</summary>
    public static void Feed(SshCommand command, string input)
    {
        var bytes = Encoding.UTF8.GetBytes(input);
        var closing = Closing(command);
        try
        {
            using var stream = command.CreateInputStream();
            if (bytes.Length > Short)
                stream.Write(bytes);
            lock (closing)
            {
                if (bytes.Length <= Short)
                    stream.Write(bytes);
                stream.Close();
            }
        }
        catch (Exception) { }
    }

    /// <summary>The lock of the command's channel. A library that has it no more is used as it is.</summary>
    private static Lock Closing(SshCommand command)
    {
        var channel = typeof(SshCommand).GetField("_channel", Inner)?.GetValue(command);
        var of = channel?.GetType();
        while (of is not null)
        {
            if (of.GetField("_messagingLock", Inner)?.GetValue(channel) is Lock found)
                return found;
            of = of.BaseType;
        }
        return new Lock();
    }
}
