using System.Collections.Immutable;
using System.Text;

namespace VmPowerManager.Protocols.Nut.Server;

/// <summary>One client's conversation: a line in, the answer out (RFC 9271; NUT: docs/net-protocol.txt). No I/O.</summary>
internal sealed partial class NutServerSession(NutServerState state, string address) : IDisposable
{
    private string? _userName;
    private string? _password;
    private INutDevice? _loginOf;
    private bool _tracking;

    /// <summary>The client said good-bye.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Appends the answer, which ends with a line feed.</summary>
    public void Answer(string line, StringBuilder to)
    {
        IReadOnlyList<string> words;
        try
        {
            words = NutText.Split(line);
        }
        catch (DeviceException)
        {
            to.Append("ERR INVALID-ARGUMENT\n");
            return;
        }
        var mark = to.Length;
        try
        {
            Dispatch(words, to);
        }
        catch (NutRefusal refusal)
        {
            to.Length = mark;
            to.Append("ERR ").Append(refusal.Message).Append('\n');
        }
    }

    public void Dispose() => LogOut();

    private void Dispatch(IReadOnlyList<string> words, StringBuilder to)
    {
        switch (words.Count > 0 ? words[0].ToUpperInvariant() : "")
        {
            case "VER":
                to.Append("VM Host Power Manager NUT simulator\n");
                break;
            case "NETVER" or "PROTVER":
                to.Append("1.3\n");
                break;
            case "HELP":
                to.Append("Commands: HELP VER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS\n");
                break;
            case "STARTTLS":
                throw new NutRefusal("FEATURE-NOT-CONFIGURED");
            case "LIST":
                List(words, to);
                break;
            case "GET":
                Get(words, to);
                break;
            case "USERNAME":
                _userName = Once(_userName, words, "USERNAME", to);
                break;
            case "PASSWORD":
                _password = Once(_password, words, "PASSWORD", to);
                break;
            case "LOGOUT":
                LogOut();
                IsOver = true;
                to.Append("OK Goodbye\n");
                break;
            default:
                Act(words, to);
                break;
        }
    }

    private void Act(IReadOnlyList<string> words, StringBuilder to)
    {
        switch (words.Count > 0 ? words[0].ToUpperInvariant() : "")
        {
            case "LOGIN":
                LogIn(words, to);
                break;
            case "PRIMARY":
                DemandPrimary(words);
                to.Append("OK PRIMARY-GRANTED\n");
                break;
            case "MASTER":
                DemandPrimary(words);
                to.Append("OK MASTER-GRANTED\n");
                break;
            case "FSD":
                DemandPrimary(words).Force();
                to.Append("OK FSD-SET\n");
                break;
            case "INSTCMD":
                RunCommand(words, to);
                break;
            case "SET":
                Set(words, to);
                break;
            default:
                throw new NutRefusal("UNKNOWN-COMMAND");
        }
    }

    private static string Once(string? before, IReadOnlyList<string> words, string what, StringBuilder to)
    {
        if (words.Count != 2)
            throw new NutRefusal("INVALID-ARGUMENT");
        if (before is not null)
            throw new NutRefusal($"ALREADY-SET-{what}");
        to.Append("OK\n");
        return words[1];
    }

    private void LogIn(IReadOnlyList<string> words, StringBuilder to)
    {
        DemandUser(mayControl: false);
        if (_loginOf is not null)
            throw new NutRefusal("ALREADY-LOGGED-IN");
        var device = Known(words, 1, exactly: 2);
        state.Logins.AddOrUpdate(device.Name, [address], (_, all) => all.Add(address));
        _loginOf = device;
        to.Append("OK\n");
    }

    private void LogOut()
    {
        if (_loginOf is { } device)
            state.Logins.AddOrUpdate(device.Name, [], (_, all) => all.Remove(address));
        _loginOf = null;
    }

    private INutDevice DemandPrimary(IReadOnlyList<string> words)
    {
        DemandUser(mayControl: true);
        return Known(words, 1, exactly: 2);
    }

    /// <summary>Privileged requests need USERNAME and PASSWORD first, and only here they are checked: upsd's way.</summary>
    private void DemandUser(bool mayControl)
    {
        DemandNames();
        var user = state.SignIn(_userName ?? "", _password ?? "");
        if (user is null || (mayControl && !user.MayControl))
            throw new NutRefusal("ACCESS-DENIED");
    }

    private void DemandNames()
    {
        if (_userName is null)
            throw new NutRefusal("USERNAME-REQUIRED");
        if (_password is null)
            throw new NutRefusal("PASSWORD-REQUIRED");
    }

    private void RunCommand(IReadOnlyList<string> words, StringBuilder to)
    {
        DemandNames();
        var device = Live(words, 1);
        if (words.Count is < 3 or > 4)
            throw new NutRefusal("INVALID-ARGUMENT");
        if (!device.Commands.Contains(words[2]))
            throw new NutRefusal("CMD-NOT-SUPPORTED");
        DemandUser(mayControl: true);
        Accepted(device.Run(words[2], words.Count == 4 ? words[3] : null), to);
    }

    private void Set(IReadOnlyList<string> words, StringBuilder to)
    {
        DemandNames();
        if (words.Count == 3 && Is(words[1], "TRACKING"))
        {
            _tracking = Is(words[2], "ON") || (Is(words[2], "OFF") ? false : throw new NutRefusal("INVALID-ARGUMENT"));
            to.Append("OK\n");
            return;
        }
        if (words.Count != 5 || !Is(words[1], "VAR"))
            throw new NutRefusal("INVALID-ARGUMENT");
        DemandUser(mayControl: true);
        var device = Live(words, 2);
        var writable = Writable(device, words[3]) ?? throw new NutRefusal("READONLY");
        DemandFits(writable, words[4]);
        Accepted(device.Set(writable.Name, words[4]), to);
    }

    /// <summary>OK means accepted; what became of it is told to those who track.</summary>
    private void Accepted(NutVerdict verdict, StringBuilder to) =>
        to.Append(_tracking ? $"OK TRACKING {state.Track(verdict)}\n" : "OK\n");

    /// <summary>The device, whether or not the server has it.</summary>
    private INutDevice Known(IReadOnlyList<string> words, int at, int? exactly = null)
    {
        if (words.Count <= at || (exactly is { } count && words.Count != count))
            throw new NutRefusal("INVALID-ARGUMENT");
        return state.Find(words[at]) ?? throw new NutRefusal("UNKNOWN-UPS");
    }

    /// <summary>The device, if the server has it.</summary>
    private INutDevice Live(IReadOnlyList<string> words, int at)
    {
        var device = Known(words, at);
        return device.Link switch
        {
            NutDeviceLink.Stale => throw new NutRefusal("DATA-STALE"),
            NutDeviceLink.NotConnected => throw new NutRefusal("DRIVER-NOT-CONNECTED"),
            _ => device,
        };
    }

    private static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer ERR and its code.</summary>
    private sealed class NutRefusal(string code) : Exception(code);
}
