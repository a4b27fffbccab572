using VmPowerManager.Hosts;
using VmPowerManager.Hosts.SelfHost;

namespace VmPowerManager.Tests.Hosts.SelfHost;

/// <summary>Where this program runs, from what it and the hosts see (POLICY C6).</summary>
public sealed class PlaceFinderTests
{
    private const string Boot = "d980aad1-7c87-4cd3-8b2e-0483d7492b78";
    private const string Uuid = "4c4c4544-0051-3010-8052-b4c04f565931";
    private static readonly OwnMachine Own = new() { BootId = Boot };

    [Fact]
    public void Find_TheSameKernel_IsThatHost()
    {
        var place = Find(Own, Host(1, new() { BootId = "other" }), Host(2, new() { BootId = Boot.ToUpperInvariant() }));
        Assert.Equal((2, null, PlaceSign.BootId, PlaceCertainty.Certain), Short(place));
        Assert.Equal("it and host 2 have the same boot id", place?.Because);
    }

    [Fact]
    public void Find_InAContainer_SaysSo()
    {
        var own = Own with { Container = "docker", ContainerId = "0123456789ab" };
        var place = Find(own, Host(1, new() { BootId = Boot }));
        Assert.EndsWith("in the docker container 0123456789ab", place?.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_AnotherBootId_IsAnotherMachine_WhateverElseIsTheSame()
    {
        var own = Own with { MachineId = "abc", Macs = ["52:54:00:00:00:01"], ProductUuid = Uuid };
        var clone = new HostIdentity
        {
            BootId = "other",
            MachineId = "abc",
            ProductUuid = Uuid,
            Macs = ["52:54:00:00:00:01"],
        };
        Assert.Null(Find(own, Host(1, clone)));
    }

    [Theory]
    [InlineData(Uuid)]
    [InlineData("44454C4C-5100-1030-8052-B4C04F565931")] // firmware of before SMBIOS 2.6
    public void Find_TheHardwareIdOfAGuest_IsThatGuest(string seen)
    {
        var place = Find(Own with { ProductUuid = seen }, Host(1, new(), Guest(7, Uuid)));
        Assert.Equal((1, 7, PlaceSign.GuestUuid, PlaceCertainty.Certain), Short(place));
        Assert.Equal(("realm", Uuid), (place?.Realm, place?.ExternalId));
    }

    [Fact]
    public void Find_AGuestThatTwoHostsTellOf_IsOnTheOneThatAnswersAndRunsIt()
    {
        var silent = Host(1, new(), Guest(7, Uuid));
        var place = Find(
            Own with
            {
                ProductUuid = Uuid,
            },
            silent with
            {
                Host = silent.Host with { Fault = "no route" },
            },
            Host(2, new(), Guest(8, Uuid) with { State = GuestState.Unknown }),
            Host(3, new(), Guest(9, Uuid))
        );
        Assert.Equal((3, 9, PlaceSign.GuestUuid, PlaceCertainty.Certain), Short(place));
    }

    [Fact]
    public void Find_AMachineIdMadeFromTheHardwareId_IsThatGuest() // systemd, at a VM's first boot
    {
        var place = Find(
            Own with
            {
                MachineId = Uuid.Replace("-", "", StringComparison.Ordinal),
            },
            Host(1, new(), Guest(7, Uuid))
        );
        Assert.Equal((1, 7, PlaceSign.GuestUuid, PlaceCertainty.Certain), Short(place));
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("Not Settable")]
    public void Find_AHardwareIdThatIsNone_FindsNothing(string none) =>
        Assert.Null(Find(Own with { ProductUuid = none }, Host(1, new(), Guest(7, none))));

    [Fact]
    public void Find_AGuestThatIsOff_IsAnother() =>
        Assert.Null(
            Find(Own with { ProductUuid = Uuid }, Host(1, new(), Guest(7, Uuid) with { State = GuestState.Off }))
        );

    [Fact]
    public void Find_TheNetworkAddressOfAGuest_IsLikelyThatGuest()
    {
        var identity = new HostIdentity
        {
            GuestMacs = new Dictionary<string, IReadOnlyList<string>> { [Uuid] = ["52:54:00:12:34:56"] },
        };
        var place = Find(Own with { Macs = ["52:54:00:12:34:56"] }, Host(1, identity, Guest(7, Uuid)));
        Assert.Equal((1, 7, PlaceSign.GuestMac, PlaceCertainty.Likely), Short(place));
    }

    [Fact]
    public void Find_AContainerInAGuest_IsFoundByWhatTheGuestTellsAsAHost()
    {
        var vm = Host(1, new() { BootId = Boot, ProductUuid = Uuid });
        var place = Find(Own, vm, Host(2, new() { BootId = "kvm" }, Guest(7, Uuid)));
        Assert.Equal((2, 7, PlaceSign.GuestUuid, PlaceCertainty.Certain), Short(place));
    }

    [Fact]
    public void Find_HostsThatTellNoBootId_AreComparedByTheRest()
    {
        var own = Own with { ProductUuid = Uuid, MachineId = "abc" };
        Assert.Equal(PlaceSign.ProductUuid, Find(own, Host(1, new() { ProductUuid = Uuid }))?.Sign);
        Assert.Equal(PlaceSign.MachineId, Find(own, Host(1, new() { MachineId = "ABC" }))?.Sign);
        Assert.Null(Find(own, Host(1, new()), new KnownHost(Host(2, new()).Host, null)));
    }

    [Fact]
    public void Find_NothingKnownOfOurselves_FindsNothing() => Assert.Null(Find(new OwnMachine(), Host(1, new())));

    private static ManagerPlace? Find(OwnMachine own, params KnownHost[] hosts) => new PlaceFinder(own, hosts).Find();

    private static (int?, int?, PlaceSign?, PlaceCertainty?) Short(ManagerPlace? place) =>
        (place?.HostId, place?.GuestId, place?.Sign, place?.Certainty);

    private static KnownHost Host(int id, HostIdentity identity, params GuestSnapshot[] guests) =>
        new(
            new HostSnapshot
            {
                Id = id,
                Name = $"host {id}",
                Platform = "fake",
                Guests = guests,
            },
            identity
        );

    private static GuestSnapshot Guest(int id, string uuid) =>
        new()
        {
            Id = id,
            HostId = 1,
            Realm = "realm",
            ExternalId = uuid,
            Name = $"guest {id}",
            State = GuestState.Running,
        };
}
