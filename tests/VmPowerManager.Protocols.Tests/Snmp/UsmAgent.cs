using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>A v3 agent on our own engine, with a clock that a test moves.</summary>
internal sealed class UsmAgent : IAsyncDisposable
{
    public static readonly Oid Name = Oid.Parse("1.3.6.1.2.1.1.5.0");

    public static readonly SnmpUser User = new("op")
    {
        Auth = SnmpAuth.Sha256,
        AuthPassword = "authpass12",
        Privacy = SnmpPrivacy.Aes256,
        PrivacyPassword = "privpass12",
    };

    private readonly FakeAgent _agent;

    public UsmAgent(UsmAuthority engine)
    {
        Engine = engine;
        engine.SetUsers([User]);
        _agent = new FakeAgent(Answer);
    }

    /// <summary>May be replaced: a reboot, or another card.</summary>
    public UsmAuthority Engine { get; set; }

    /// <summary>Changes what goes back.</summary>
    public Func<byte[], byte[]> Tamper { get; set; } = d => d;

    public string Says { get; set; } = "here";

    public int Received => _agent.Received.Count;

    public SnmpEndpoint Endpoint =>
        _agent.Endpoint with
        {
            Version = SnmpVersion.V3,
            UserName = User.Name,
            Auth = User.Auth,
            AuthPassword = User.AuthPassword,
            Privacy = User.Privacy,
            PrivacyPassword = User.PrivacyPassword,
        };

    public static async Task<string> ReadAsync(SnmpClient client) =>
        (await client.GetAsync([Name], default))[Name].Text;

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private IEnumerable<byte[]> Answer(byte[] datagram)
    {
        var receipt = Engine.Receive(datagram);
        if (receipt.Report is { } report)
            return [report];
        if (receipt.Request is not { } request)
            return [];
        var values = request.Pdu.Variables.Select(v => v with { Value = SnmpValue.OfText(Says) });
        var answer = new SnmpPdu(SnmpPduType.Response, request.Pdu.RequestId, [.. values]);
        return [Tamper(Engine.Answer(request, answer))];
    }
}
