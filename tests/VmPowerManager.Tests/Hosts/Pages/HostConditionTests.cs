using VmPowerManager.Components;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts.Pages;

public sealed class HostConditionTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, null, null, Condition.Normal, "Answers")]
    [InlineData(false, null, null, Condition.Unknown, "Not seen yet")]
    [InlineData(true, "no answer", DeviceFault.Unreachable, Condition.Attention, "Does not answer")]
    [InlineData(false, "no answer", DeviceFault.Unreachable, Condition.Attention, "Does not answer")]
    [InlineData(true, "not done", DeviceFault.Timeout, Condition.Attention, "Too slow")]
    [InlineData(true, "denied", DeviceFault.AuthenticationFailed, Condition.Attention, "Login failed")]
    [InlineData(true, "changed", DeviceFault.TrustChanged, Condition.Critical, "Key changed")]
    [InlineData(true, "no virsh", DeviceFault.Refused, Condition.Attention, "Cannot be read")]
    [InlineData(true, "odd", DeviceFault.ProtocolError, Condition.Attention, "Cannot be read")]
    [InlineData(false, "no driver", null, Condition.Attention, "Not usable")]
    public void Host_IsWhatItsLastRefreshSays(
        bool seen,
        string? fault,
        DeviceFault? kind,
        Condition condition,
        string word
    )
    {
        var host = new HostSnapshot
        {
            Id = 1,
            Name = "h",
            Platform = "fake",
            RefreshedAt = seen ? At : null,
            Fault = fault,
            FaultKind = kind,
        };
        Assert.Equal((condition, word), HostCondition.Of(host));
    }

    [Theory]
    [InlineData(GuestState.Running, Condition.Normal, "Running")]
    [InlineData(GuestState.Paused, Condition.Attention, "Paused")]
    [InlineData(GuestState.Saved, null, "Saved")]
    [InlineData(GuestState.Off, null, "Off")]
    [InlineData(GuestState.Unknown, Condition.Unknown, "State unknown")]
    public void Guest_AtRestHasNoCondition(GuestState state, Condition? condition, string word) =>
        Assert.Equal((condition, word), HostCondition.Of(state));

    [Theory]
    [InlineData(GuestState.Running, "Was running")]
    [InlineData(GuestState.Off, "Was off")]
    [InlineData(GuestState.Unknown, "State unknown")]
    public void Guest_OfAHostThatCannotBeRead_IsWhatItWas(GuestState state, string word)
    {
        Assert.Equal((Condition.Unknown, word), HostCondition.Of(state, Host(1, "h", "no answer")));
        Assert.Equal(HostCondition.Of(state), HostCondition.Of(state, Host(1, "h", null)));
    }

    [Theory]
    [InlineData(GuestState.Running, true, "shutdown reboot save forceOff")]
    [InlineData(GuestState.Running, false, "shutdown reboot forceOff")]
    [InlineData(GuestState.Paused, true, "start forceOff")]
    [InlineData(GuestState.Saved, true, "start")]
    [InlineData(GuestState.Off, true, "start")]
    [InlineData(GuestState.Unknown, true, "")]
    public void Guest_CanBeToldWhatItsStateAndPlatformAllow(GuestState state, bool saves, string actions)
    {
        var platform = HostCapabilities.Guests | (saves ? HostCapabilities.GuestSave : HostCapabilities.None);
        Assert.Equal(actions, string.Join(' ', GuestActions.Of(state, platform).Select(a => a.Action)));
    }

    [Theory]
    [InlineData("", HostSort.Name, false, "alpha,a1,a2,beta,b1")]
    [InlineData("", HostSort.Name, true, "beta,b1,alpha,a1,a2")]
    [InlineData("", HostSort.Guests, false, "alpha,a1,a2,beta,b1")]
    [InlineData("", HostSort.State, false, "beta,b1,alpha,a1,a2")]
    [InlineData("A2", HostSort.Name, false, "alpha,a2")]
    [InlineData("bet", HostSort.Name, false, "beta,b1")]
    [InlineData("nobody", HostSort.Name, false, "")]
    public void Tree_IsSearchedAndSorted(string search, HostSort by, bool descending, string expected)
    {
        HostSnapshot[] hosts = [Host(2, "beta", "boom", "b1"), Host(1, "alpha", null, "a1", "a2")];
        var lines = HostRows.Of(hosts, search, by, descending, new HashSet<int>());
        Assert.Equal(expected, string.Join(',', lines.Select(l => l.Guest?.Name ?? l.Host.Name)));
    }

    [Fact]
    public void Tree_FoldedHost_OpensForWhatASearchFinds()
    {
        HostSnapshot[] hosts = [Host(1, "alpha", null, "a1", "a2")];
        var folded = new HashSet<int> { 1 };
        Assert.Single(HostRows.Of(hosts, null, HostSort.Name, false, folded));
        Assert.Equal(2, HostRows.Of(hosts, "a1", HostSort.Name, false, folded).Count);
    }

    private static HostSnapshot Host(int id, string name, string? fault, params string[] guests) =>
        new()
        {
            Id = id,
            Name = name,
            Platform = "fake",
            Fault = fault,
            RefreshedAt = At,
            Guests =
            [
                .. guests.Select(g => new GuestSnapshot
                {
                    HostId = id,
                    Realm = "r",
                    ExternalId = g,
                    Name = g,
                    State = GuestState.Running,
                }),
            ],
        };
}
