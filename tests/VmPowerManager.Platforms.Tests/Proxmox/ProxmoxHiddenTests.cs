using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>Guests that the account may see nothing of: they are in no list, and run all the same (C5). All but the store is as
/// after a restart of this program.</summary>
public sealed class ProxmoxHiddenTests : ProxmoxBench
{
    private static readonly DateTimeOffset Before = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("qemu")]
    [InlineData("lxc")]
    public async Task KnownAndHidden_OfANodeAlone_IsNotTakenForOff(string kind)
    {
        await using var lab = await AloneAsync(kind);
        var realm = (await Driver.GetStatesAsync(At(lab), Ct)).Realm;
        Hide(lab, 100);
        await using var anew = new Drivers();
        var host = At(lab) with { Known = [Known(realm, 100, kind)] };

        var states = await anew.Of("proxmox").GetStatesAsync(host, Ct);
        var found = await anew.Of("proxmox").DiscoverAsync(host, Ct);

        Assert.All([states, found], s => Assert.Equal((0, (bool?)false), (s.Guests.Count, s.WholeRealm)));
        Assert.Equal(
            "web (100): Permission check failed (/vms/100, VM.Audit)",
            found.Facts?.Single(f => f.Name == "Guests out of sight").Value
        );
    }

    [Fact]
    public async Task KnownAndHidden_InACluster_IsTold_AndAnOrderIsRefusedInTheNodesWords()
    {
        var realm = (await Driver.GetStatesAsync(Pve1, Ct)).Realm;
        Hide(Lab, 100);
        await using var anew = new Drivers();
        var host = Pve1 with { Known = [Known(realm, 100), Known(realm, 101)] };

        var order = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            anew.Of("proxmox").GuestPowerAsync(host, "100", GuestVerb.Shutdown, null, Ct)
        );
        var found = await anew.Of("proxmox").DiscoverAsync(host, Ct);

        Assert.Equal(DeviceFault.AuthenticationFailed, order.Fault);
        Assert.Contains("/vms/100, VM.Audit", order.Message, StringComparison.Ordinal);
        Assert.Equal("101", Assert.Single(found.Guests).ExternalId);
        Assert.False(found.WholeRealm);
        Assert.Contains(
            "web (100): Permission check failed",
            found.Facts?.Single(f => f.Name == "Guests out of sight").Value,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task KnownAndHidden_FailsTheTestOfTheHost()
    {
        var realm = (await Driver.GetStatesAsync(Pve1, Ct)).Realm;
        Assert.DoesNotContain((await Driver.ProbeAsync(Pve1, Ct)).Checks, c => c.Name == "hidden");
        Hide(Lab, 100);

        var probe = await Driver.ProbeAsync(Pve1 with { Known = [Known(realm, 100)] }, Ct);

        Assert.Equal(HostCheckState.Failed, State(probe, "hidden"));
        Assert.Contains("web (100)", Detail(probe, "hidden"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KnownAndDeleted_IsGone_AndAskedForOnce()
    {
        await using var lab = await AloneAsync();
        var host = At(lab);
        var realm = (await Driver.GetStatesAsync(host, Ct)).Realm;
        host = host with { Known = [Known(realm, 100), Known(realm, 900), Known("pve:other", 901)] };
        var usual = await RequestsAsync(lab, At(lab));

        var first = await RequestsAsync(lab, host);
        var second = await RequestsAsync(lab, host);

        Assert.Equal((usual + 1, usual), (first, second));
        Assert.Null((await Driver.GetStatesAsync(host, Ct)).WholeRealm);
    }

    [Fact]
    public async Task ManyKnownAndDeleted_AreAskedInTurns_AndTheListIsWholeAfterThat()
    {
        await using var lab = await AloneAsync();
        var host = At(lab);
        var realm = (await Driver.GetStatesAsync(host, Ct)).Realm;
        host = host with { Known = [.. Enumerable.Range(900, 50).Select(i => Known(realm, i))] };
        var usual = await RequestsAsync(lab, At(lab));
        var whole = new List<bool?>();
        for (var i = 0; i < 4; i++)
        {
            var before = lab.Requests;
            whole.Add((await Driver.GetStatesAsync(host, Ct)).WholeRealm);
            Assert.InRange(lab.Requests - before, usual, usual + 20);
        }

        Assert.Equal([false, false, null, null], whole);
    }

    [Fact]
    public async Task Hidden_IsNotAskedForWithEachLook()
    {
        await using var lab = await AloneAsync();
        var host = At(lab);
        await Driver.GetStatesAsync(host, Ct);
        Hide(lab, 100);
        await Driver.GetStatesAsync(host, Ct);
        var before = lab.Requests;

        Assert.False((await Driver.GetStatesAsync(host, Ct)).WholeRealm);
        var hidden = lab.Requests - before;
        lab.Accounts.Known[FakeCluster.User].Rights.Grant("/vms/100", true, FakeRights.All);
        Assert.Null((await Driver.GetStatesAsync(host, Ct)).WholeRealm);
        before = lab.Requests;
        await Driver.GetStatesAsync(host, Ct);

        Assert.Equal(lab.Requests - before, hidden);
    }

    [Fact]
    public async Task DeletedMadeAnewAndHidden_IsNotTakenForOff()
    {
        await using var lab = await AloneAsync();
        var host = At(lab);
        host = host with { Known = [Known((await Driver.GetStatesAsync(host, Ct)).Realm, 100)] };
        lab.Guests.TryRemove(100, out var guest);
        Assert.Null((await Driver.GetStatesAsync(host, Ct)).WholeRealm);
        lab.Add(guest ?? throw new InvalidOperationException("There was one."));
        Assert.Single((await Driver.GetStatesAsync(host, Ct)).Guests);

        Hide(lab, 100);

        Assert.False((await Driver.GetStatesAsync(host, Ct)).WholeRealm);
    }

    [Fact]
    public async Task NodeThatDoesNotAnswerForIt_IsNoProofThatItIsGone()
    {
        await using var lab = await AloneAsync();
        var host = At(lab);
        var realm = (await Driver.GetStatesAsync(host, Ct)).Realm;
        lab.Faults.Hangs = "/qemu/900/";

        var states = await Driver.GetStatesAsync(host with { Known = [Known(realm, 900)] }, Ct);

        Assert.Equal((1, (bool?)false), (states.Guests.Count, states.WholeRealm));
    }

    private async Task<int> RequestsAsync(FakeCluster lab, HostDevice host)
    {
        var before = lab.Requests;
        await Driver.GetStatesAsync(host, Ct);
        return lab.Requests - before;
    }

    private static KnownGuest Known(string realm, int id, string kind = "qemu") =>
        new(realm, $"{id}", id == 100 ? "web" : $"g{id}", kind == "lxc" ? GuestKind.Container : GuestKind.Vm, Before);

    /// <summary>The account may see nothing of it: it is in no list, and among no rules.</summary>
    private static void Hide(FakeCluster lab, int guest) =>
        lab.Accounts.Known[FakeCluster.User].Rights.Grant($"/vms/{guest}", true);

    private static async Task<FakeCluster> AloneAsync(string kind = "qemu")
    {
        var lab = await FakeCluster.StartAsync("pve1");
        lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
                Kind = kind,
            }
        );
        return lab;
    }

    private HostDevice At(FakeCluster lab) =>
        Pve1 with
        {
            Id = 9,
            Settings = new HostSettings
            {
                Https = new HttpsSettings { BaseUrl = lab.Node("pve1").Door.BaseUrl, TokenId = FakeCluster.TokenId },
            }.ToElement(),
        };
}
