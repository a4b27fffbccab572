using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

public sealed class HostPictureTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly HostPicture _two = HostPicture.Empty.Configured([Host(1), Host(2)]);

    [Fact]
    public void Refresh_GuestSeenOnAnotherHost_MovesWithItsIdAndPriority() // C5
    {
        var picture = Seen(_two, 1, FakeDriver.Guest("a"), FakeDriver.Guest("b"))
            .Stored(new Dictionary<(string, string), int> { [("realm", "a")] = 7, [("realm", "b")] = 8 });
        picture = Seen(picture, 2, FakeDriver.Guest("a"));

        Assert.Equal([8], picture.Hosts[1].Guests.Select(g => g.Id));
        var moved = Assert.Single(picture.Hosts[2].Guests);
        Assert.Equal((7, 2), (moved.Id, moved.HostId));
    }

    [Fact]
    public void Refresh_GuestVanished_StaysUnknown()
    {
        var picture = Seen(Seen(_two, 1, FakeDriver.Guest("a")), 1);
        Assert.Equal(GuestState.Unknown, Assert.Single(picture.Hosts[1].Guests).State);
        Assert.Equal(GuestState.Running, Assert.Single(Seen(picture, 2, FakeDriver.Guest("a")).Guests).State);
    }

    [Fact]
    public void Refresh_SameIdInAnotherRealm_IsAnotherGuest()
    {
        var picture = Seen(_two, 1, FakeDriver.Guest("100"));
        picture = picture.Refreshed(2, new HostInventory("other", [FakeDriver.Guest("100")]), At, TimeSpan.Zero);
        Assert.Equal(2, picture.Guests.Count());
    }

    [Fact]
    public void Refresh_WithoutAgentState_KeepsItWhileTheGuestRuns()
    {
        var picture = Seen(_two, 1, FakeDriver.Guest("a", agent: AgentState.Running));
        picture = Seen(picture, 1, FakeDriver.Guest("a"));
        Assert.Equal(AgentState.Running, picture.Guests.Single().Agent);
        picture = Seen(picture, 1, FakeDriver.Guest("a", GuestState.Off));
        Assert.Equal(AgentState.Unknown, picture.Guests.Single().Agent);
        Assert.Equal(AgentState.Unknown, Seen(picture, 1, FakeDriver.Guest("a")).Guests.Single().Agent);
    }

    [Fact]
    public void Failure_KeepsGuestsAndTheTimeOfTheLastCompleteRefresh()
    {
        var picture = Seen(_two, 1, FakeDriver.Guest("a"))
            .Failed(1, "connection refused", null, TimeSpan.FromSeconds(2));
        var host = picture.Hosts[1];
        Assert.Equal(("connection refused", At), (host.Fault, host.RefreshedAt));
        Assert.Equal(GuestState.Running, Assert.Single(host.Guests).State);
        Assert.Null(Seen(picture, 1).Hosts[1].Fault);
    }

    [Fact]
    public void AnswerThatWasOvertaken_ChangesNoState_AndItsAgentsCount()
    {
        var picture = Seen(_two, 1, FakeDriver.Guest("a"), FakeDriver.Guest("b", GuestState.Off));
        var late = new HostInventory(
            "realm",
            [
                FakeDriver.Guest("a", GuestState.Off, AgentState.Running),
                FakeDriver.Guest("b", agent: AgentState.Running),
            ]
        );
        var guests = picture.Refreshed(1, late, At.AddSeconds(-1), TimeSpan.Zero).Hosts[1].Guests;
        Assert.Equal(
            [(GuestState.Running, AgentState.Running), (GuestState.Off, AgentState.Unknown)],
            guests.Select(g => (g.State, g.Agent))
        );
        Assert.Null(picture.Failed(1, "timed out", null, TimeSpan.Zero).Hosts[1].Fault);
    }

    [Fact]
    public void Configure_KeepsWhatTheListingLacksAndWhyItIsNotReady() // C5, E4
    {
        var seen = new HostInventory("realm", [FakeDriver.Guest("a")], WholeRealm: false, NotReady: "no quorum");
        var host = _two.Refreshed(1, seen, At, TimeSpan.Zero).Configured([Host(1), Host(2)]).Hosts[1];

        Assert.Equal((false, "no quorum"), (host.WholeRealm, host.NotReady));
    }

    [Fact]
    public void Configure_KeepsWhatWasSeenAndDropsRemovedHosts()
    {
        var picture = Seen(Seen(_two, 1, FakeDriver.Guest("a")), 2, FakeDriver.Guest("b"));
        picture = picture.Configured([Host(1) with { Name = "renamed" }, Host(3)]);
        Assert.Equal([1, 3], picture.Hosts.Keys);
        Assert.Equal("renamed", picture.Hosts[1].Name);
        Assert.Equal("a", picture.Guests.Single().ExternalId);
    }

    private static HostPicture Seen(HostPicture picture, int host, params GuestSighting[] guests) =>
        picture.Refreshed(host, new HostInventory("realm", guests), At, TimeSpan.FromSeconds(1));

    private static HostSnapshot Host(int id) =>
        new()
        {
            Id = id,
            Name = $"host{id}",
            Platform = "fake",
        };
}
