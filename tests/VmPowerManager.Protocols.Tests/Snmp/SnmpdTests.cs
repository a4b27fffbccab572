using VmPowerManager.Lab;
using VmPowerManager.Protocols.Snmp;
using static VmPowerManager.Protocols.Tests.Snmp.SnmpdUsers;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Against net-snmp's snmpd. UPS 1 is left as it is; UPS 2 is stopped, started and cloned.</summary>
public sealed class SnmpdTests(SnmpLab lab)
{
    private static readonly Oid Mib = Oid.Parse("1.3.6.1.2.1.33.1");
    private static readonly Oid Serial = Mib.Append(1, 5, 0);
    private static readonly Oid OutputSource = Mib.Append(4, 1, 0);
    private static readonly Oid LowBatteryTime = Mib.Append(9, 7, 0);
    private static readonly Oid Missing = Mib.Append(1, 99, 0);
    private static readonly SnmpLimits Patient = new() { TryTime = TimeSpan.FromSeconds(3) };

    private SnmpEndpoint Ups1 => new("127.0.0.1", lab.Port);
    private SnmpEndpoint Ups2 => new("127.0.0.1", lab.Port + 1);

    [Theory]
    [InlineData(SnmpVersion.V1)]
    [InlineData(SnmpVersion.V2c)]
    [InlineData(SnmpVersion.V3)]
    public async Task Get_WithAMissingObject_ReadsTheOthers(SnmpVersion version)
    {
        await lab.RequireAsync();
        await using var client = Client(As(Ups1, SnmpAuth.Sha256, SnmpPrivacy.Aes128) with { Version = version });

        var values = await client.GetAsync([Serial, Missing, OutputSource], default);

        Assert.Equal(2, values.Count);
        Assert.Equal("ups1", values[Serial].Text);
        Assert.Equal(3, values[OutputSource].Integer);
    }

    [Theory]
    [InlineData(SnmpVersion.V1)]
    [InlineData(SnmpVersion.V2c)]
    [InlineData(SnmpVersion.V3)]
    public async Task Walk_UpsMib_FindsEverything(SnmpVersion version)
    {
        await lab.RequireAsync();
        await using var client = Client(As(Ups1, SnmpAuth.Sha1, SnmpPrivacy.Des) with { Version = version });

        var found = await client.WalkAsync(Mib, 1000, default);

        Assert.Equal(47, found.Count);
        Assert.Equal(found.Select(v => v.Name).Order(), found.Select(v => v.Name));
        Assert.Equal("SNMP dummy 1", found.Single(v => v.Name == Mib.Append(1, 2, 0)).Value.Text);
    }

    /// <summary>Every pair of protocols that net-snmp and we both have, read and written; printed as a table.</summary>
    [Fact]
    public async Task Matrix_EveryAuthWithEveryPrivacy_ReadsAndWrites()
    {
        await lab.RequireAsync();
        SnmpPrivacy[] ciphers = [SnmpPrivacy.Des, SnmpPrivacy.Aes128, SnmpPrivacy.Aes192, SnmpPrivacy.Aes256];
        var table = new List<string> { $"{"", -8}{string.Concat(ciphers.Select(c => $"{c, -9}"))}" };
        var all = true;
        foreach (var auth in Enum.GetValues<SnmpAuth>().Where(a => a is not SnmpAuth.None))
        {
            var row = $"{auth, -8}";
            foreach (var privacy in ciphers)
            {
                var outcome = await ReadAndWriteAsync(As(Ups1, auth, privacy));
                all &= outcome == "ok";
                row += $"{outcome, -9}";
            }
            table.Add(row);
        }
        var (none, signed) = (As(Ups1, SnmpAuth.None, SnmpPrivacy.None), As(Ups1, SnmpAuth.Sha1, SnmpPrivacy.None));
        string[] lower = [await ReadAndWriteAsync(none), await ReadAndWriteAsync(signed)];
        table.Add($"noAuthNoPriv: {lower[0]}, authNoPriv: {lower[1]}");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', table));
        Assert.True(all && lower.All(l => l == "ok"), string.Join('\n', table));
    }

    [Fact]
    public async Task Set_Value_IsReadBack()
    {
        await lab.RequireAsync();
        await using var client = Client(Ups1 with { Community = "private" });

        await client.SetAsync([new(LowBatteryTime, SnmpValue.OfInteger(4))], default);
        var read = await client.GetAsync([LowBatteryTime], default);
        await client.SetAsync([new(LowBatteryTime, SnmpValue.OfInteger(2))], default);

        Assert.Equal(4, read[LowBatteryTime].Integer);
    }

    [Fact]
    public async Task Set_NotAllowed_SaysWhy()
    {
        await lab.RequireAsync();
        var value = SnmpValue.OfInteger(4);
        await using var reader = Client(Ups1);
        await using var writer = Client(Ups1 with { Community = "private" });
        await using var old = Client(Ups1 with { Version = SnmpVersion.V1 });

        var refused = await Fault(() => reader.SetAsync([new(LowBatteryTime, value)], default));
        var absent = await Fault(() => writer.SetAsync([new(Missing, value)], default));
        var oldRefused = await Fault(() => old.SetAsync([new(LowBatteryTime, value)], default));

        Assert.Equal((DeviceFault.Refused, SnmpErrorStatus.NoAccess), (refused.Fault, refused.Status));
        Assert.Equal(SnmpErrorStatus.NotWritable, absent.Status);
        Assert.Equal(SnmpErrorStatus.NoSuchName, oldRefused.Status);
    }

    [Fact]
    public async Task Settings_Wrong_NameTheFailingStep()
    {
        await lab.RequireAsync();
        var good = As(Ups1, SnmpAuth.Sha256, SnmpPrivacy.Aes256);

        Assert.Equal(SnmpFault.UnknownUser, await ReasonAsync(good with { UserName = "nobody" }));
        Assert.Equal(SnmpFault.WrongAuth, await ReasonAsync(good with { AuthPassword = "wrongpass1" }));
        Assert.Equal(SnmpFault.WrongAuth, await ReasonAsync(good with { Auth = SnmpAuth.Sha512 }));
        Assert.Equal(SnmpFault.WrongPrivacy, await ReasonAsync(good with { PrivacyPassword = "wrongpass1" }));
        Assert.Equal(SnmpFault.WrongPrivacy, await ReasonAsync(good with { Privacy = SnmpPrivacy.Aes128 }));
        Assert.Equal(SnmpFault.WrongPrivacy, await ReasonAsync(good with { Privacy = SnmpPrivacy.Des }));
        Assert.Equal(SnmpFault.UnknownContext, await ReasonAsync(good with { ContextName = "elsewhere" }));
        Assert.Equal(
            SnmpFault.UnsupportedSecurityLevel,
            await ReasonAsync(
                As(Ups1, SnmpAuth.None, SnmpPrivacy.None) with
                {
                    Auth = SnmpAuth.Sha1,
                    AuthPassword = "x",
                }
            )
        );
        Assert.Equal(SnmpFault.ErrorStatus, await ReasonAsync(good with { Privacy = SnmpPrivacy.None }));
        Assert.Equal(SnmpFault.Timeout, await ReasonAsync(Ups1 with { Community = "nobody" }));
        Assert.Equal(SnmpFault.Unreachable, await ReasonAsync(Ups1 with { Port = 1 }));
    }

    [Fact]
    public async Task Agent_StoppedAndStarted_IsUnreachableThenReadAgain()
    {
        await lab.RequireAsync();
        await using var v3 = Client(As(Ups2, SnmpAuth.Sha512, SnmpPrivacy.Aes256));
        await using var v2 = Client(Ups2);
        await v3.GetAsync([Serial], default);
        await v2.GetAsync([Serial], default);

        await lab.RunAsync("kill", "ups2");
        var away = new[]
        {
            await Fault(() => v3.GetAsync([Serial], default)),
            await Fault(() => v2.GetAsync([Serial], default)),
        };
        await lab.RunAsync("revive", "ups2");

        Assert.All(away, fault => Assert.Equal(SnmpFault.Unreachable, fault.Reason));
        Assert.Equal("ups2", (await v3.GetAsync([Serial], default))[Serial].Text);
        Assert.Equal("ups2", (await v2.GetAsync([Serial], default))[Serial].Text);
    }

    /// <summary>Its count of boots begins again, its clock too: the client's request is out of the window.</summary>
    [Fact]
    public async Task Agent_RestartedBetweenTwoReads_IsResynchronised()
    {
        await lab.RequireAsync();
        await using var client = Client(As(Ups2, SnmpAuth.Md5, SnmpPrivacy.Des));
        await client.GetAsync([Serial], default);
        await lab.RunAsync("kill", "ups2");
        await lab.RunAsync("revive", "ups2");

        Assert.Equal("ups2", (await client.GetAsync([Serial], default))[Serial].Text);
    }

    [Fact]
    public async Task Agents_TwoWithOneEngineId_AreReadSideBySide()
    {
        await lab.RequireAsync();
        await WithEngineOfAsync("ups2", from: 2, to: 1);
        try
        {
            await using var first = Client(As(Ups1, SnmpAuth.Sha1, SnmpPrivacy.Aes128));
            await using var second = Client(As(Ups2, SnmpAuth.Sha1, SnmpPrivacy.Aes128));
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal("ups1", (await first.GetAsync([Serial], default))[Serial].Text);
                Assert.Equal("ups2", (await second.GetAsync([Serial], default))[Serial].Text);
            }
        }
        finally
        {
            await WithEngineOfAsync("ups2", from: 1, to: 2);
        }
    }

    private async Task WithEngineOfAsync(string ups, int from, int to)
    {
        var path = Path.Combine(lab.Folder, "snmp", $"{ups}.conf");
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains($"80001f8803{from:x12}", text, StringComparison.Ordinal);
        await lab.RunAsync("kill", ups);
        await File.WriteAllTextAsync(
            path,
            text.Replace($"80001f8803{from:x12}", $"80001f8803{to:x12}", StringComparison.Ordinal)
        );
        await lab.RunAsync("revive", ups);
    }

    private static async Task<string> ReadAndWriteAsync(SnmpEndpoint endpoint)
    {
        await using var client = Client(endpoint);
        try
        {
            var read = await client.GetAsync([Serial], default);
            await client.SetAsync([new(Mib.Append(9, 8, 0), SnmpValue.OfInteger(2))], default);
            return read[Serial].Text == "ups1" ? "ok" : "differs";
        }
        catch (SnmpException e)
        {
            return e.Reason.ToString();
        }
    }

    private static async Task<SnmpFault> ReasonAsync(SnmpEndpoint endpoint)
    {
        await using var client = Client(endpoint, new SnmpLimits { TryTime = TimeSpan.FromMilliseconds(500) });
        return (await Fault(() => client.GetAsync([Serial], default))).Reason;
    }

    private static Task<SnmpException> Fault(Func<Task> call) => Assert.ThrowsAsync<SnmpException>(call);

    private static SnmpClient Client(SnmpEndpoint endpoint, SnmpLimits? limits = null) =>
        new(endpoint, TimeProvider.System, limits ?? Patient);
}
