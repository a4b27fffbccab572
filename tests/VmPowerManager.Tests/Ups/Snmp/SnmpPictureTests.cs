using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups.Snmp;
using static VmPowerManager.Tests.Ups.Snmp.TableAgent;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>What is known from one read to the next: nothing outlives what the device says now.</summary>
public sealed class SnmpPictureTests
{
    private const string Rfc = "1.3.6.1.2.1.33.1";
    private const string PowerNet = "1.3.6.1.4.1.318.1.1.1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alarm_ThatIsOver_IsNotOnBatteryForEver()
    {
        var agent = Below(Rfc, Number("4.1.0", 3), Number("6.1.0", 0));
        var picture = await SnmpPicture.TakeAsync(agent.Agent, SnmpSettings.Auto, Ct);

        agent[$"{Rfc}.4.1.0"] = SnmpValue.OfInteger(5);
        agent[$"{Rfc}.6.1.0"] = SnmpValue.OfInteger(1);
        agent[$"{Rfc}.6.2.1.2.1"] = SnmpValue.OfObjectId(Oid.Parse($"{Rfc}.6.3.2"));
        picture = await StatusAsync(agent, picture);
        Assert.Equal(UpsStatus.OB | UpsStatus.ALARM, StatusOf(picture));

        agent[$"{Rfc}.4.1.0"] = SnmpValue.OfInteger(3);
        agent[$"{Rfc}.6.1.0"] = SnmpValue.OfInteger(0);
        agent.Remove($"{Rfc}.6.2.1.2.1");
        for (var i = 0; i < 3; i++)
        {
            picture = await StatusAsync(agent, picture);
            Assert.Equal(UpsStatus.OL, StatusOf(picture));
        }
    }

    /// <summary>The part of an agent that speaks for the UPS dies, the rest answers on.</summary>
    [Fact]
    public async Task Source_ThatVanishes_IsUnknownAndNotWhatAnotherTreeSaidOnce()
    {
        var agent = Below(
            "1.3.6.1",
            Number($"{PowerNet[8..]}.4.1.1.0", 2),
            Number($"{Rfc[8..]}.4.1.0", 3),
            ("2.1.1.1.0", SnmpValue.OfText("a card"))
        );
        var picture = await SnmpPicture.TakeAsync(agent.Agent, SnmpSettings.Auto, Ct);
        Assert.Equal(UpsStatus.OL, StatusOf(picture));

        agent.Remove($"{PowerNet}.4.1.1.0");
        agent.Remove($"{Rfc}.4.1.0");
        Assert.Equal(UpsStatus.None, StatusOf(await StatusAsync(agent, picture)));
        picture = await WholeAsync(agent, picture);
        Assert.Equal(UpsStatus.None, StatusOf(picture));
        Assert.Equal(UpsStatus.None, StatusOf(await StatusAsync(agent, picture)));

        agent[$"{PowerNet}.4.1.1.0"] = SnmpValue.OfInteger(3);
        Assert.Equal(UpsStatus.OB, StatusOf(await StatusAsync(agent, picture)));
    }

    /// <summary>A status read that began before a full read ended has older words for all but what decides.</summary>
    [Fact]
    public async Task StatusRead_BesideAFullRead_DoesNotBringTheOldBack()
    {
        var agent = Below(Rfc, Number("4.1.0", 3), Number("2.7.0", 20));
        var begun = await SnmpPicture.TakeAsync(agent.Agent, SnmpSettings.Auto, Ct);
        agent[$"{Rfc}.2.7.0"] = SnmpValue.OfInteger(31);
        var after = await WholeAsync(agent, begun);

        var reader = new SnmpReader(agent.Agent, begun.Device);
        var late = await reader.FetchStatusAsync(begun.Known, begun.Deciding, Ct);

        Assert.Equal(31, after.After(begun, late, isWhole: false)?.Known.Number(Oid.Parse($"{Rfc}.2.7.0")));
    }

    /// <summary>A fine and a coarse object tell of the same voltage; a status read asks one of them.</summary>
    [Fact]
    public async Task InputVoltage_ThatFalls_IsNotTheOlderOneOfAnotherObject()
    {
        var agent = Below(
            "1.3.6.1",
            Number($"{PowerNet[8..]}.4.1.1.0", 2),
            Number($"{PowerNet[8..]}.3.3.1.0", 2301),
            Number($"{PowerNet[8..]}.3.2.1.0", 230),
            Number($"{Rfc[8..]}.3.3.1.3.1", 230)
        );
        var picture = await SnmpPicture.TakeAsync(agent.Agent, SnmpSettings.Auto, Ct);

        agent[$"{PowerNet}.4.1.1.0"] = SnmpValue.OfInteger(3);
        agent[$"{PowerNet}.3.3.1.0"] = SnmpValue.OfInteger(0);
        agent[$"{PowerNet}.3.2.1.0"] = SnmpValue.OfInteger(0);
        agent[$"{Rfc}.3.3.1.3.1"] = SnmpValue.OfInteger(0);
        var reader = new SnmpReader(agent.Agent, picture.Device);
        var fresh = await reader.FetchStatusAsync(picture.Known, picture.Deciding, Ct);
        var decided = reader.Decided(fresh, picture.Deciding);

        Assert.Equal(0, Map(picture with { Known = decided }).InputVoltage);
    }

    private static async Task<SnmpPicture> StatusAsync(TableAgent agent, SnmpPicture picture)
    {
        var reader = new SnmpReader(agent.Agent, picture.Device);
        var fresh = await reader.FetchStatusAsync(picture.Known, picture.Deciding, Ct);
        return Assert.IsType<SnmpPicture>(picture.After(picture, fresh, isWhole: false));
    }

    private static async Task<SnmpPicture> WholeAsync(TableAgent agent, SnmpPicture picture)
    {
        var fresh = await new SnmpReader(agent.Agent, picture.Device).FetchAgainAsync(picture.Found, Ct);
        return Assert.IsType<SnmpPicture>(picture.After(picture, fresh, isWhole: true));
    }

    private static UpsStatus StatusOf(SnmpPicture picture) => Map(picture).Status;

    private static UpsReading Map(SnmpPicture picture) =>
        SnmpReadings.Map(picture.Device, picture.Known, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
}
