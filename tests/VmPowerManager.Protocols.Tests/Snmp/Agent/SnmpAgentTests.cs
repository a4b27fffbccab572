using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;
using VmPowerManager.Protocols.Tests.Nut;

namespace VmPowerManager.Protocols.Tests.Snmp.Agent;

/// <summary>The agent over UDP, with net-snmp's programs and with our client.</summary>
public sealed class SnmpAgentTests : IAsyncDisposable
{
    private static readonly SnmpUser User = new("power")
    {
        Auth = SnmpAuth.Sha256,
        AuthPassword = "authentication",
        Privacy = SnmpPrivacy.Aes128,
        PrivacyPassword = "confidential",
    };

    private readonly ServedObjects _objects = new();
    private readonly SnmpAgentAccess _access = new()
    {
        ReadCommunity = "public",
        WriteCommunity = "private",
        Users = [User],
    };

    private readonly SnmpAgent _agent;

    public SnmpAgentTests() =>
        _agent = SnmpAgent.Start(new IPEndPoint(IPAddress.Loopback, 0), _objects, _access, TimeProvider.System);

    private string Target => $"127.0.0.1:{_agent.EndPoint.Port}";

    private static string[] V3 =>
        [
            "-v3",
            "-l",
            "authPriv",
            "-u",
            "power",
            "-a",
            "SHA-256",
            "-A",
            "authentication",
            "-x",
            "AES",
            "-X",
            "confidential",
        ];

    [Theory]
    [InlineData("-v1")]
    [InlineData("-v2c")]
    public async Task Snmpget_ByCommunity_Reads(string version) =>
        Assert.Equal(
            "\"A simulated card\"\n",
            await RunAsync("snmpget", 0, version, "-c", "public", "-Oqvn", Target, $"{ServedObjects.SysDescr}")
        );

    [Fact]
    public async Task Snmpget_V3_ReadsAndSets()
    {
        string[] contact = [Target, $"{ServedObjects.SysContact}"];
        await RunAsync("snmpset", 0, [.. V3, .. contact, "s", "me"]);

        Assert.Equal("\"me\"\n", await RunAsync("snmpget", 0, [.. V3, "-Oqvn", .. contact]));
    }

    [Fact]
    public async Task Snmpget_V3WrongPassword_IsToldSo()
    {
        string[] wrong = [.. V3.Select(word => word == "authentication" ? "authenticatiom" : word)];
        var said = await RunAsync("snmpget", 1, [.. wrong, Target, $"{ServedObjects.SysDescr}"]);

        Assert.Contains("Authentication failure", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snmpwalk", "-v1")]
    [InlineData("snmpwalk", "-v2c")]
    [InlineData("snmpbulkwalk", "-v2c")]
    public async Task Snmpwalk_AColumn_HasEveryRow(string program, string version)
    {
        var rows = await RunAsync(program, 0, version, "-c", "public", "-On", Target, $"{ServedObjects.Column}");

        Assert.Equal(60, rows.Split('\n').Count(row => row.Contains(" = INTEGER: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Snmpbulkget_NonRepeatersAndRows()
    {
        var rows = await RunAsync(
            "snmpbulkget",
            0,
            "-v2c",
            "-c",
            "public",
            "-On",
            "-Cn1",
            "-Cr5",
            Target,
            "1.3.6.1.2.1.1.1",
            $"{ServedObjects.Column}"
        );

        Assert.Equal(6, rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("-v2c", "private", "s", 0, "")]
    [InlineData("-v2c", "private", "i", 2, "wrongType")]
    [InlineData("-v1", "private", "i", 2, "badValue")]
    [InlineData("-v2c", "public", "s", 2, "noAccess")]
    public async Task Snmpset_IsDoneOrRefusedInTheVersionsWords(
        string version,
        string community,
        string type,
        int exitCode,
        string words
    )
    {
        var name = $"{ServedObjects.SysContact}";
        var said = await RunAsync("snmpset", exitCode, version, "-c", community, Target, name, type, "7");

        Assert.Contains(words, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snmpget_Absent_IsSaidPerVersion()
    {
        Assert.Contains(
            "No Such Instance",
            await RunAsync("snmpget", 0, "-v2c", "-c", "public", Target, "1.3.6.1.2.1.1.9.0"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "noSuchName",
            await RunAsync("snmpget", 2, "-v1", "-c", "public", Target, "1.3.6.1.2.1.1.9.0"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(SnmpVersion.V1)]
    [InlineData(SnmpVersion.V2c)]
    [InlineData(SnmpVersion.V3)]
    public async Task OurClient_GetsWalksAndSets(SnmpVersion version)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var client = new SnmpClient(Endpoint(version), TimeProvider.System);

        var got = await client.GetAsync([ServedObjects.SysDescr, ServedObjects.SysDescr.Append(1)], ct);
        Assert.Equal("A simulated card", Assert.Single(got).Value.Text);
        Assert.Equal(60, (await client.WalkAsync(ServedObjects.Column, 100, ct)).Count);
        await client.SetAsync([new SnmpVariable(ServedObjects.SysContact, SnmpValue.OfText("me"))], ct);
        Assert.Equal("me", _objects.Find(ServedObjects.SysContact)?.Text);
    }

    [Fact]
    public async Task Silent_OrAnotherCommunity_NobodyAnswers()
    {
        var said = await RunAsync("snmpget", 1, "-v2c", "-c", "else", "-t0.2", "-r0", Target, "1.3.6.1.2.1.1.1.0");
        Assert.Contains("Timeout", said, StringComparison.Ordinal);

        _objects.IsSilent = true;
        said = await RunAsync("snmpget", 1, "-v2c", "-c", "public", "-t0.2", "-r0", Target, "1.3.6.1.2.1.1.1.0");
        Assert.Contains("Timeout", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_IsDroppedAndTheNextIsAnswered()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        foreach (var length in (int[])[0, 1, 100, 4000, 9000])
            await socket.SendToAsync(new byte[length], SocketFlags.None, _agent.EndPoint);

        await Snmpget_ByCommunity_Reads("-v2c");
    }

    [Fact]
    public void Answer_AnyDatagram_ThrowsNothingButMalformed()
    {
        var authority = new UsmAuthority(UsmAuthority.NewEngineId(), 1, TimeProvider.System);
        var responder = new SnmpResponder(_objects, _access, authority);
        var request = new SnmpMessage(
            SnmpVersion.V2c,
            "public",
            new SnmpPdu(
                SnmpPduType.GetBulk,
                1,
                [new SnmpVariable(ServedObjects.Column, SnmpValue.Absent(SnmpType.Null))]
            )
            {
                MaxRepetitions = 10,
            }
        ).Encode();
        Gen.Select(Gen.Int[0, request.Length - 1], Gen.Byte)
            .Array[1, 6]
            .Sample(
                changes =>
                {
                    var datagram = request.ToArray();
                    foreach (var (at, to) in changes)
                        datagram[at] = to;
                    try
                    {
                        responder.Answer(datagram);
                    }
                    catch (SnmpException e)
                    {
                        Assert.Equal(SnmpFault.Malformed, e.Reason);
                    }
                },
                iter: 20_000
            );
    }

    [Fact]
    public async Task TrapSender_OurReaderUnderstands()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port; // bound above
        using var sender = new SnmpTrapSender(new IPEndPoint(IPAddress.Loopback, port), "public");
        var trap = new Oid(1, 3, 6, 1, 2, 1, 33, 2, 1);
        var ct = TestContext.Current.CancellationToken;

        await sender.SendAsync(
            trap,
            TimeSpan.FromSeconds(5),
            [new SnmpVariable(ServedObjects.Column, SnmpValue.OfInteger(3))],
            ct
        );

        var datagram = await receiver.ReceiveAsync(ct);
        var message = SnmpMessage.Decode(datagram.Buffer);
        Assert.Equal(SnmpPduType.Trap, message.Pdu.Type);
        Assert.Equal(500, message.Pdu.Variables[0].Value.Integer);
        Assert.Equal(trap, message.Pdu.Variables[1].Value.ObjectId);
        Assert.Equal(3, message.Pdu.Variables[2].Value.Integer);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private SnmpEndpoint Endpoint(SnmpVersion version) =>
        new("127.0.0.1", _agent.EndPoint.Port)
        {
            Version = version,
            Community = "private",
            UserName = User.Name,
            Auth = User.Auth,
            AuthPassword = User.AuthPassword,
            Privacy = User.Privacy,
            PrivacyPassword = User.PrivacyPassword,
        };

    private static async Task<string> RunAsync(string program, int exitCode, params string[] arguments)
    {
        var path = $"/usr/bin/{program}";
        if (!File.Exists(path) && !NutLab.Required)
            Assert.Skip($"{path} is not installed.");
        using var process = Process.Start(
            new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        );
        Assert.NotNull(process);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == exitCode, $"{program} ended with {process.ExitCode}: {output}{await error}");
        return output + await error;
    }
}
