using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

public sealed class SnmpWalkTests
{
    private static readonly SnmpLimits Patient = new() { TryTime = TimeSpan.FromSeconds(5) };
    private static readonly Oid Root = Oid.Parse("1.3.6.1.4.1.1");

    private static readonly IReadOnlyList<Oid> Tree = [.. Enumerable.Range(1, 55).Select(i => Root.Append((uint)i, 0))];

    [Theory]
    [InlineData(SnmpVersion.V1)]
    [InlineData(SnmpVersion.V2c)]
    public async Task Walk_OfATree_FindsAllInOrder(SnmpVersion version)
    {
        await using var agent = new FakeAgent(pdu => Next(pdu, endsWithError: version is SnmpVersion.V1));

        var found = await WalkAsync(agent, 1000, version);

        Assert.Equal(Tree, found.Select(v => v.Name));
        Assert.All(agent.Asked, a => Assert.Equal(version is SnmpVersion.V1, a.Type is SnmpPduType.GetNext));
    }

    [Fact]
    public async Task Walk_LargerThanAllowed_EndsThere()
    {
        await using var agent = new FakeAgent(pdu => Next(pdu));

        Assert.Equal(30, (await WalkAsync(agent, 30)).Count);
    }

    [Fact]
    public async Task Walk_AgentThatTurnsRound_Ends()
    {
        await using var agent = new FakeAgent(pdu =>
        {
            var answer = Next(pdu);
            return answer with
            {
                Variables = [.. answer.Variables.Select((v, i) => i == 7 ? v with { Name = Tree[0] } : v)],
            };
        });

        Assert.Equal(Tree.Take(7), (await WalkAsync(agent, 1000)).Select(v => v.Name));
    }

    [Fact]
    public async Task Walk_AgentThatRepeatsItself_Ends()
    {
        await using var agent = new FakeAgent(pdu => new SnmpPdu(
            SnmpPduType.Response,
            pdu.RequestId,
            [new(Tree[0], SnmpValue.OfInteger(1))]
        ));

        Assert.Single(await WalkAsync(agent, 1000));
    }

    [Fact]
    public async Task Walk_TooBigForTheAgent_TakesSmallerSteps()
    {
        await using var agent = new FakeAgent(pdu =>
            pdu.MaxRepetitions > 6
                ? new SnmpPdu(SnmpPduType.Response, pdu.RequestId, []) { Status = SnmpErrorStatus.TooBig }
                : Next(pdu)
        );

        Assert.Equal(Tree, (await WalkAsync(agent, 1000)).Select(v => v.Name));
    }

    [Fact]
    public async Task Walk_AgentSilentToBulk_GoesOneByOne()
    {
        await using var agent = new FakeAgent(pdu => pdu.Type is SnmpPduType.GetBulk ? null : Next(pdu));
        var limits = new SnmpLimits { TryTime = TimeSpan.FromMilliseconds(200) };
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, limits);

        Assert.Equal(Tree, (await client.WalkAsync(Root, 1000, default)).Select(v => v.Name));
    }

    [Fact]
    public async Task Walk_NothingAnswered_IsNoEmptyTree()
    {
        await using var agent = new FakeAgent(pdu => new SnmpPdu(SnmpPduType.Response, pdu.RequestId, pdu.Variables)
        {
            Status = SnmpErrorStatus.GenErr,
        });

        var fault = await Assert.ThrowsAsync<SnmpException>(() => WalkAsync(agent, 1000));

        Assert.Equal(SnmpErrorStatus.GenErr, fault.Status);
    }

    [Fact]
    public async Task Set_Refused_NamesReasonAndObject()
    {
        await using var agent = new FakeAgent(pdu => new SnmpPdu(SnmpPduType.Response, pdu.RequestId, pdu.Variables)
        {
            Status = SnmpErrorStatus.NotWritable,
            ErrorIndex = 2,
        });
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);
        IReadOnlyList<SnmpVariable> values = [.. Tree.Take(2).Select(n => new SnmpVariable(n, SnmpValue.OfInteger(1)))];

        var fault = await Assert.ThrowsAsync<SnmpException>(() => client.SetAsync(values, default));

        Assert.Equal(
            (DeviceFault.Refused, SnmpErrorStatus.NotWritable, Tree[1]),
            (fault.Fault, fault.Status, fault.Culprit)
        );
        Assert.Equal($"notWritable: {Tree[1]}", fault.Message);
        Assert.Equal(SnmpPduType.Set, Assert.Single(agent.Asked).Type);
    }

    private static async Task<IReadOnlyList<SnmpVariable>> WalkAsync(
        FakeAgent agent,
        int most,
        SnmpVersion version = SnmpVersion.V2c
    )
    {
        await using var client = new SnmpClient(
            agent.Endpoint with
            {
                Version = version,
            },
            TimeProvider.System,
            Patient
        );
        return await client.WalkAsync(Root, most, default);
    }

    /// <summary>GETNEXT and GETBULK over the tree; behind it something else of the agent.</summary>
    private static SnmpPdu Next(SnmpPdu pdu, bool endsWithError = false)
    {
        var after = Tree.Where(n => n > pdu.Variables[0].Name).Take(Math.Max(1, pdu.MaxRepetitions)).ToList();
        if (after.Count == 0 && endsWithError)
            return new SnmpPdu(SnmpPduType.Response, pdu.RequestId, pdu.Variables)
            {
                Status = SnmpErrorStatus.NoSuchName,
                ErrorIndex = 1,
            };
        if (after.Count < pdu.MaxRepetitions || after.Count == 0)
            after.Add(Oid.Parse("1.3.6.1.4.1.2.1"));
        return new SnmpPdu(
            SnmpPduType.Response,
            pdu.RequestId,
            [.. after.Select(n => new SnmpVariable(n, SnmpValue.OfInteger(1)))]
        );
    }
}
