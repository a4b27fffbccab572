using System.Reflection;
using Renci.SshNet;
using Renci.SshNet.Messages.Connection;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>Why the server opens no channel (RFC 4254, 5.1), which the library hears and does not hand on: it is listened
/// to where the library does.</summary>
internal sealed class RefusalWords
{
    private const int Longest = 200;
    private volatile string? _last;

    private RefusalWords() { }

    /// <summary>The newest refusal, or null.</summary>
    public string? Last => _last;

    /// <summary>Listens to a client that is connected.</summary>
    public static RefusalWords Of(SshClient client)
    {
        var words = new RefusalWords();
        var session = typeof(BaseClient).GetProperty("Session", BindingFlags.Instance | BindingFlags.NonPublic);
        if (session?.GetValue(client) is Session heard)
            heard.ChannelOpenFailureReceived += (_, e) => words._last = Of(e.Message);
        return words;
    }

    private static string Of(ChannelOpenFailureMessage message)
    {
        var reason = message.ReasonCode switch
        {
            1 => "administratively prohibited",
            2 => "connect failed",
            3 => "unknown channel type",
            4 => "resource shortage",
            var code => $"reason {code}",
        };
        var own = message.Description.Trim();
        return own.Length == 0 ? reason : $"{own[..Math.Min(own.Length, Longest)]} ({reason})";
    }
}
