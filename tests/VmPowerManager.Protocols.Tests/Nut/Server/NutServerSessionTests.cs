using System.Text;
using CsCheck;
using VmPowerManager.Protocols.Nut.Server;

namespace VmPowerManager.Protocols.Tests.Nut.Server;

/// <summary>The server's answers, line by line, as upsd gives them.</summary>
public sealed class NutServerSessionTests
{
    private static readonly string[] Words =
    [
        "GET",
        "LIST",
        "SET",
        "INSTCMD",
        "VAR",
        "ups1",
        "TRACKING",
        "ENUM",
        "\"",
        "\\",
        "x",
    ];

    private readonly ServedDevice _device = new("ups1");
    private readonly NutServerState _state;
    private readonly NutServerSession _session;

    public NutServerSessionTests()
    {
        _state = new NutServerState(
            [_device, new ServedDevice("ups2")],
            [new NutServerUser("admin", "secret", true), new NutServerUser("monitor", "pass", false)]
        );
        _session = new NutServerSession(_state, "127.0.0.1");
    }

    [Theory]
    [InlineData("NETVER", "1.3")]
    [InlineData("PROTVER", "1.3")]
    [InlineData("list ups", "BEGIN LIST UPS|UPS ups1 \"The ups1\"|UPS ups2 \"The ups2\"|END LIST UPS")]
    [InlineData("GET VAR ups1 battery.charge", "VAR ups1 battery.charge \"97.5\"")]
    [InlineData("GET VAR ups1 ups.mfr", "VAR ups1 ups.mfr \"A \\\"quoted\\\" \\\\ name\"")]
    [InlineData("GET VAR ups1 nothing", "ERR VAR-NOT-SUPPORTED")]
    [InlineData("GET VAR ups9 ups.status", "ERR UNKNOWN-UPS")]
    [InlineData("GET VAR ups1", "ERR INVALID-ARGUMENT")]
    [InlineData("GET TYPE ups1 battery.charge", "TYPE ups1 battery.charge NUMBER")]
    [InlineData("GET TYPE ups1 ups.delay.shutdown", "TYPE ups1 ups.delay.shutdown RW RANGE NUMBER")]
    [InlineData("GET TYPE ups1 input.sensitivity", "TYPE ups1 input.sensitivity RW ENUM")]
    [InlineData("GET TYPE ups1 ups.id", "TYPE ups1 ups.id RW STRING:8")]
    [InlineData("GET UPSDESC ups2", "UPSDESC ups2 \"The ups2\"")]
    [InlineData("GET NUMLOGINS ups1", "NUMLOGINS ups1 0")]
    [InlineData("GET TRACKING", "OFF")]
    [InlineData("LIST CLIENT ups1", "BEGIN LIST CLIENT ups1|END LIST CLIENT ups1")]
    [InlineData(
        "LIST ENUM ups1 input.sensitivity",
        "BEGIN LIST ENUM ups1 input.sensitivity|ENUM ups1 input.sensitivity \"low\"|ENUM ups1 input.sensitivity \"high\"|END LIST ENUM ups1 input.sensitivity"
    )]
    [InlineData(
        "LIST RANGE ups1 ups.delay.shutdown",
        "BEGIN LIST RANGE ups1 ups.delay.shutdown|RANGE ups1 ups.delay.shutdown \"0\" \"600\"|END LIST RANGE ups1 ups.delay.shutdown"
    )]
    [InlineData(
        "LIST CMD ups1",
        "BEGIN LIST CMD ups1|CMD ups1 beeper.mute|CMD ups1 load.off.delay|CMD ups1 test.battery.start|END LIST CMD ups1"
    )]
    [InlineData("STARTTLS", "ERR FEATURE-NOT-CONFIGURED")]
    [InlineData("INSTCMD ups1 beeper.mute", "ERR USERNAME-REQUIRED")]
    [InlineData("SET VAR ups1 ups.id x", "ERR USERNAME-REQUIRED")]
    [InlineData("LOGIN ups1", "ERR USERNAME-REQUIRED")]
    [InlineData("FSD ups1", "ERR USERNAME-REQUIRED")]
    [InlineData("BOGUS", "ERR UNKNOWN-COMMAND")]
    [InlineData("", "ERR UNKNOWN-COMMAND")]
    [InlineData("GET VAR \"ups1", "ERR INVALID-ARGUMENT")]
    [InlineData("LOGOUT", "OK Goodbye")]
    public void Answer_WithoutUser_IsUpsds(string line, string answer) => Assert.Equal(answer, Ask(line));

    [Fact]
    public void ListVar_HasEveryVariable()
    {
        var rows = Ask("LIST VAR ups1").Split('|');

        Assert.Equal(_device.Variables.Count + 2, rows.Length);
        Assert.Contains("VAR ups1 ups.status \"OL\"", rows);
    }

    [Fact]
    public void Username_Twice_IsRefused()
    {
        Assert.Equal("OK", Ask("USERNAME admin"));
        Assert.Equal("ERR PASSWORD-REQUIRED", Ask("INSTCMD ups1 beeper.mute"));
        Assert.Equal("ERR ALREADY-SET-USERNAME", Ask("USERNAME admin"));
    }

    [Theory]
    [InlineData("INSTCMD ups1 beeper.mute", "OK")]
    [InlineData("INSTCMD ups1 load.off.delay 30", "OK")]
    [InlineData("INSTCMD ups1 explode", "ERR CMD-NOT-SUPPORTED")]
    [InlineData("SET VAR ups1 ups.delay.shutdown 60", "OK")]
    [InlineData("SET VAR ups1 ups.delay.shutdown 601", "ERR INVALID-VALUE")]
    [InlineData("SET VAR ups1 ups.delay.shutdown x", "ERR INVALID-VALUE")]
    [InlineData("SET VAR ups1 input.sensitivity medium", "ERR INVALID-VALUE")]
    [InlineData("SET VAR ups1 ups.id muchtoolong", "ERR TOO-LONG")]
    [InlineData("SET VAR ups1 ups.status OB", "ERR READONLY")]
    [InlineData("SET VAR ups1 nothing 1", "ERR VAR-NOT-SUPPORTED")]
    [InlineData("PRIMARY ups1", "OK PRIMARY-GRANTED")]
    [InlineData("MASTER ups1", "OK MASTER-GRANTED")]
    [InlineData("FSD ups1", "OK FSD-SET")]
    public void Answer_ToAUserWithRights_IsUpsds(string line, string answer)
    {
        SignIn("admin", "secret");

        Assert.Equal(answer, Ask(line));
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("monitor", "pass")]
    [InlineData("nobody", "")]
    public void Command_WithoutTheRight_IsDenied(string user, string password)
    {
        SignIn(user, password.Length == 0 ? "\"\"" : password);

        Assert.Equal("ERR ACCESS-DENIED", Ask("INSTCMD ups1 beeper.mute"));
        Assert.Equal("ERR ACCESS-DENIED", Ask("SET VAR ups1 ups.id x"));
        Assert.Equal("ERR ACCESS-DENIED", Ask("FSD ups1"));
        Assert.Empty(_device.Ran);
        Assert.False(_device.IsForced);
    }

    [Fact]
    public void Login_CountsUntilTheClientIsGone()
    {
        SignIn("monitor", "pass");
        Assert.Equal("OK", Ask("LOGIN ups1"));
        Assert.Equal("ERR ALREADY-LOGGED-IN", Ask("LOGIN ups1"));
        Assert.Equal("NUMLOGINS ups1 1", Ask("GET NUMLOGINS ups1"));
        Assert.Equal("BEGIN LIST CLIENT ups1|CLIENT ups1 127.0.0.1|END LIST CLIENT ups1", Ask("LIST CLIENT ups1"));

        _session.Dispose();

        Assert.Empty(_state.Logins["ups1"]);
    }

    [Fact]
    public void Tracking_On_TellsWhatBecameOfIt()
    {
        SignIn("admin", "secret");
        Assert.Equal("OK", Ask("SET TRACKING ON"));

        Assert.Equal("SUCCESS", Ask($"GET TRACKING {Id(Ask("INSTCMD ups1 beeper.mute"))}"));
        Assert.Equal("ERR FAILED", Ask($"GET TRACKING {Id(Ask("INSTCMD ups1 test.battery.start"))}"));
        Assert.Equal("SUCCESS", Ask($"GET TRACKING {Id(Ask("SET VAR ups1 ups.id hall"))}"));
        Assert.Equal("ERR UNKNOWN", Ask("GET TRACKING 00000000"));
    }

    [Theory]
    [InlineData(NutDeviceLink.Stale, "ERR DATA-STALE")]
    [InlineData(NutDeviceLink.NotConnected, "ERR DRIVER-NOT-CONNECTED")]
    public void Answer_DeviceLost_ConcernsThatDeviceAlone(NutDeviceLink link, string answer)
    {
        _device.Link = link;

        Assert.Equal(answer, Ask("GET VAR ups1 ups.status"));
        Assert.Equal(answer, Ask("LIST VAR ups1"));
        Assert.Equal("VAR ups2 ups.status \"OL\"", Ask("GET VAR ups2 ups.status"));
    }

    [Fact]
    public void Answer_AnyLine_NeverThrowsAndEndsWithALine() =>
        Gen.OneOf(
                Gen.String,
                Gen.Int[0, Words.Length - 1].Select(i => Words[i]).Array[0, 6].Select(words => string.Join(' ', words))
            )
            .Sample(line => Assert.True(Ask(line).Length > 0));

    private void SignIn(string user, string password)
    {
        Assert.Equal("OK", Ask($"USERNAME {user}"));
        Assert.Equal("OK", Ask($"PASSWORD {password}"));
    }

    private static string Id(string answer) => answer.Split(' ')[2];

    private string Ask(string line)
    {
        var answer = new StringBuilder();
        _session.Answer(line, answer);
        Assert.EndsWith("\n", answer.ToString(), StringComparison.Ordinal);
        return answer.ToString().TrimEnd('\n').Replace('\n', '|');
    }
}
