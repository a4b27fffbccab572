using System.Net;
using System.Net.Sockets;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>What agents and networks do wrong and net-snmp never does.</summary>
public sealed class SnmpClientFaultTests
{
    private static readonly SnmpLimits Quick = new() { TryTime = TimeSpan.FromSeconds(1) };
    private static readonly SnmpLimits Patient = new() { TryTime = TimeSpan.FromSeconds(5) };
    private static readonly Oid Root = Oid.Parse("1.3.6.1.4.1.1");
    private static readonly IReadOnlyList<Oid> Names =
    [
        .. Enumerable.Range(1, 12).Select(i => Root.Append((uint)i, 0)),
    ];

    private static readonly IReadOnlyDictionary<Oid, SnmpValue> Known = Names.ToDictionary(
        name => name,
        name => SnmpValue.OfInteger((int)name[name.Length - 2])
    );

    [Fact]
    public async Task Get_ManyNames_AsksTenAtATime()
    {
        await using var agent = new FakeAgent(pdu => FakeAgent.Answer(pdu, Known));

        var values = await GetAsync(agent, Patient, [.. Names, Root.Append(99, 0)]);

        Assert.Equal(Known, values);
        Assert.Equal([10, 3], agent.Asked.Select(a => a.Variables.Count));
    }

    [Fact]
    public async Task Get_V1WithMissingObjects_ReadsTheOthers()
    {
        await using var agent = new FakeAgent(pdu =>
        {
            var missing = pdu.Variables.ToList().FindIndex(v => v.Name[v.Name.Length - 2] % 3 == 0);
            return missing < 0
                ? FakeAgent.Answer(pdu, Known)
                : pdu with
                {
                    Type = SnmpPduType.Response,
                    Status = SnmpErrorStatus.NoSuchName,
                    ErrorIndex = missing + 1,
                };
        });

        var values = await GetAsync(agent, Patient, Names, SnmpVersion.V1);

        Assert.Equal([1, 2, 4, 5, 7, 8, 10, 11], values.Values.Select(v => v.Integer).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    public async Task Get_ErrorWithoutCulprit_IsolatesIt(int index)
    {
        await using var agent = new FakeAgent(pdu =>
            pdu.Variables.Any(v => v.Name == Names[4])
                ? pdu with
                {
                    Type = SnmpPduType.Response,
                    Status = SnmpErrorStatus.GenErr,
                    ErrorIndex = index,
                }
                : FakeAgent.Answer(pdu, Known)
        );

        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        var values = await client.GetAsync(Names, default);

        Assert.Equal(Known.Where(k => k.Key != Names[4]), values.OrderBy(v => v.Key));
        // That object's fault alone: the next read of others is whole.
        agent.Received.Clear();
        await client.GetAsync([.. Names.Skip(5)], default);
        Assert.Equal(7, Assert.Single(agent.Asked).Variables.Count);
    }

    [Fact]
    public async Task Get_EveryObjectFails_IsAnError()
    {
        await using var agent = new FakeAgent(pdu =>
            pdu with
            {
                Type = SnmpPduType.Response,
                Status = SnmpErrorStatus.GenErr,
                ErrorIndex = 1,
            }
        );

        var fault = await Assert.ThrowsAsync<SnmpException>(() => GetAsync(agent, Patient, Names));

        Assert.Equal((SnmpFault.ErrorStatus, SnmpErrorStatus.GenErr), (fault.Reason, fault.Status));
        Assert.Contains("genErr", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TooBig_IsHalvedUntilItFits()
    {
        await using var agent = new FakeAgent(pdu =>
            pdu.Variables.Count > 3
                ? new SnmpPdu(SnmpPduType.Response, pdu.RequestId, []) { Status = SnmpErrorStatus.TooBig }
                : FakeAgent.Answer(pdu, Known)
        );
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        Assert.Equal(Known, await client.GetAsync(Names, default));
        agent.Received.Clear();
        Assert.Equal(Known, await client.GetAsync(Names, default));

        Assert.All(agent.Asked, a => Assert.InRange(a.Variables.Count, 1, 3));
    }

    [Fact]
    public async Task Get_CardSilentToMany_IsAskedForFewer()
    {
        await using var agent = new FakeAgent(pdu => pdu.Variables.Count > 4 ? null : FakeAgent.Answer(pdu, Known));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick);

        Assert.Equal(Known, await client.GetAsync(Names, default));
        agent.Received.Clear();
        Assert.Equal(Known, await client.GetAsync(Names, default));

        Assert.All(agent.Asked, a => Assert.InRange(a.Variables.Count, 1, 4));
    }

    [Fact]
    public async Task Get_CardSilentToManyAndHastyCaller_ComesToFewer()
    {
        await using var agent = new FakeAgent(pdu => pdu.Variables.Count > 4 ? null : FakeAgent.Answer(pdu, Known));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        IReadOnlyDictionary<Oid, SnmpValue>? values = null;
        for (var i = 0; i < 100 && values is null; i++)
        {
            using var hasty = new CancellationTokenSource(TimeSpan.FromMilliseconds(150), TimeProvider.System);
            try
            {
                values = await client.GetAsync(Names, hasty.Token);
            }
            catch (OperationCanceledException)
            {
                // As a poll with a limit of its own does.
            }
        }

        Assert.Equal(Known, values);
    }

    [Fact]
    public async Task Get_AgentAwayAtFirst_IsAskedForAllTogetherWhenBack()
    {
        var silent = true;
        await using var agent = new FakeAgent(pdu => silent ? null : FakeAgent.Answer(pdu, Known));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync(Names, default));
        silent = false;
        await client.GetAsync(Names, default);
        agent.Received.Clear();

        await client.GetAsync(Names, default);

        Assert.Equal([10, 2], agent.Asked.Select(a => a.Variables.Count));
    }

    [Fact]
    public async Task Get_AnswerCutShort_AsksForTheRest()
    {
        await using var agent = new FakeAgent(pdu =>
            FakeAgent.Answer(pdu with { Variables = [.. pdu.Variables.Take(5)] }, Known)
        );

        Assert.Equal(Known, await GetAsync(agent, Patient, Names));
    }

    [Fact]
    public async Task Get_FirstDatagramLost_IsAskedAgain()
    {
        var lost = 0;
        await using var agent = new FakeAgent(pdu => lost++ == 0 ? null : FakeAgent.Answer(pdu, Known));

        Assert.Equal(5, (await GetAsync(agent, Quick, [Names[4]]))[Names[4]].Integer);
    }

    [Fact]
    public async Task Get_NobodyAnswers_TimesOutWithinItsTries()
    {
        await using var agent = new FakeAgent((SnmpPdu _) => null);
        var began = TimeProvider.System.GetTimestamp();

        var fault = await Assert.ThrowsAsync<SnmpException>(() => GetAsync(agent, Quick, Names));

        Assert.Equal((SnmpFault.Timeout, DeviceFault.Timeout), (fault.Reason, fault.Fault));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 1.5, 20);
        Assert.Equal(2, agent.Received.Count);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    public async Task Get_NothingListens_IsUnreachableAtOnce(string host)
    {
        Assert.SkipWhen(host == "::1" && !Socket.OSSupportsIPv6, "No IPv6.");
        int port;
        using (var free = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
            port = ((IPEndPoint)free.Client.LocalEndPoint!).Port; // not null: it is bound
        await using var client = new SnmpClient(new SnmpEndpoint(host, port), TimeProvider.System, Patient);
        var began = TimeProvider.System.GetTimestamp();

        var fault = await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([Root], default));

        Assert.Equal(SnmpFault.Unreachable, fault.Reason);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task Get_NameWithoutAddress_IsUnreachable()
    {
        await using var client = new SnmpClient(new SnmpEndpoint("no-such-host.invalid", 161), TimeProvider.System);

        var fault = await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([Root], default));

        Assert.Equal(SnmpFault.Unreachable, fault.Reason);
        Assert.Contains("no-such-host.invalid", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyDictionary<Oid, SnmpValue>> GetAsync(
        FakeAgent agent,
        SnmpLimits limits,
        IReadOnlyCollection<Oid> names,
        SnmpVersion version = SnmpVersion.V2c
    )
    {
        await using var client = new SnmpClient(agent.Endpoint with { Version = version }, TimeProvider.System, limits);
        return await client.GetAsync(names, default);
    }
}
