using System.Text.Json.Nodes;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.HyperV;

public sealed class HyperVGuestTests(LabFolder folder) : HyperVBench(folder)
{
    [Fact]
    public async Task Discover_TellsNamesStatesAndServices()
    {
        Lab.Set(HyperVLab.Hung, "guest", "silent");

        var found = await Driver.DiscoverAsync(Host, Ct);

        Assert.Equal(HyperVLab.Uuid.ToLowerInvariant(), found.Realm);
        Assert.Equal(
            [
                new(HyperVLab.Web, "web01", GuestKind.Vm, GuestState.Running, AgentState.Running),
                new(
                    HyperVLab.Hung,
                    "O'Brien & \"Söhne\"; Stop-Computer #",
                    GuestKind.Vm,
                    GuestState.Running,
                    AgentState.Absent
                ),
                new GuestSighting(HyperVLab.Cold, "cold", GuestKind.Vm, GuestState.Off, AgentState.Unknown),
            ],
            found.Guests
        );
    }

    [Fact]
    public async Task Discover_TellsWhatWindowsDoesByItself()
    {
        Lab.Set(HyperVLab.Web, "startAction", "Start");
        Lab.Set(HyperVLab.Web, "startDelay", 30);
        Lab.Set(HyperVLab.Hung, "startAction", "Nothing");
        Lab.Set(HyperVLab.Cold, "stopAction", "TurnOff");

        var found = await Driver.DiscoverAsync(Host, Ct);

        Assert.Equal(
            [
                new("Starts with the host", "web01 (after 30 s), cold (if it ran)"),
                new HostFact("Automatic stop", "save: web01, O'Brien & \"Söhne\"; Stop-Computer #; turn off: cold"),
            ],
            found.Facts
        );
        Assert.Null((await Driver.GetStatesAsync(Host, Ct)).Facts);
    }

    [Theory]
    [InlineData("Saving", GuestState.Running)]
    [InlineData("Starting", GuestState.Running)]
    [InlineData("RunningCritical", GuestState.Running)]
    [InlineData("PausedCritical", GuestState.Paused)]
    [InlineData("FastSaved", GuestState.Saved)]
    [InlineData("OffCritical", GuestState.Off)]
    [InlineData("Other", GuestState.Unknown)]
    public async Task States_OfHyperV_MeanWhatIsSafe(string state, GuestState meaning)
    {
        Lab.Set(HyperVLab.Web, "state", state);

        var states = await Driver.GetStatesAsync(Host, Ct);

        Assert.Equal(meaning, states.Guests.Single(g => g.ExternalId == HyperVLab.Web).State);
    }

    [Fact]
    public async Task Realm_OfACluster_IsItsIdAndStaysWhileTheClusterIsSilent()
    {
        var cluster = JsonNode.Parse(
            """{"id": "CCCCCCCC-0000-4000-8000-000000000001", "name": "HVC", "roles": 2, "tools": true}"""
        )!; // ours
        Lab.Set(null, "cluster", cluster);
        Assert.Equal("cccccccc-0000-4000-8000-000000000001", (await Driver.GetStatesAsync(Host, Ct)).Realm);

        Lab.Set(
            null,
            "cluster",
            JsonNode.Parse(
                """{"id": "", "name": "", "roles": 0, "tools": true, "words": "The cluster service is not running."}"""
            )!
        ); // ours

        Assert.Equal("cccccccc-0000-4000-8000-000000000001", (await Driver.GetStatesAsync(Host, Ct)).Realm);
        Assert.Equal("cccccccc-0000-4000-8000-000000000001", (await Driver.DiscoverAsync(Host, Ct)).Realm);
    }

    /// <summary>C5: a role that is missing was moved.</summary>
    [Fact]
    public async Task NodeOfACluster_DoesNotListTheWholeRealm()
    {
        Assert.Null((await Driver.GetStatesAsync(Host, Ct)).WholeRealm);
        Lab.Set(
            null,
            "cluster",
            JsonNode.Parse("""{"id": "CCCCCCCC-0000-4000-8000-000000000001", "name": "HVC", "roles": 2}""")
        );

        Assert.False((await Driver.DiscoverAsync(Host, Ct)).WholeRealm);
        Assert.False((await Driver.GetStatesAsync(Host, Ct)).WholeRealm);
    }

    /// <summary>After our restart: guests must not become those of another realm.</summary>
    [Fact]
    public async Task Realm_ClusterNeverSeenUp_IsAsLastTold()
    {
        Lab.Set(null, "cluster", Silent(member: true));

        Assert.Equal("", (await Driver.GetStatesAsync(Host, Ct)).Realm);
        Assert.Equal("", (await Driver.DiscoverAsync(Host, Ct)).Realm);
    }

    [Fact]
    public async Task Realm_ToolsOfClustersWithoutOne_IsTheMachine_AndItIsNotAskedAgain()
    {
        Lab.Set(null, "cluster", Silent(member: false));
        Assert.Equal(HyperVLab.Uuid.ToLowerInvariant(), (await Driver.GetStatesAsync(Host, Ct)).Realm);

        Lab.Set(null, "cluster", Silent(member: true));

        Assert.Equal(HyperVLab.Uuid.ToLowerInvariant(), (await Driver.GetStatesAsync(Host, Ct)).Realm);
    }

    private static JsonObject Silent(bool member) =>
        new()
        {
            ["id"] = "",
            ["name"] = "",
            ["roles"] = 0,
            ["tools"] = true,
            ["words"] = "The cluster service is not running.",
            ["member"] = member,
        };

    [Fact]
    public async Task Realm_BoardWithoutUuid_IsTheName()
    {
        Lab.Set(null, "uuid", "03000200-0400-0500-0006-000700080009");

        Assert.Equal($"hyperv:{Environment.MachineName}", (await Driver.GetStatesAsync(Host, Ct)).Realm);
    }

    [Fact]
    public async Task Shutdown_LockedGuest_GoesByForce()
    {
        Lab.Set(HyperVLab.Web, "guest", "locked");

        await Driver.GuestPowerAsync(Host, HyperVLab.Web, GuestVerb.Shutdown, null, Ct);

        Assert.Equal(["shutdown web01 32781", "shutdown forced web01"], Lab.Log());
    }

    [Theory]
    [InlineData("integration", "false", "disabled in the virtual machine's settings")]
    [InlineData("guest", "\"silent\"", "do not answer")]
    [InlineData("state", "\"Paused\"", "disabled in the virtual machine's settings, or not there")]
    public async Task Shutdown_ServiceCannot_IsRefusedInWords(string name, string value, string words)
    {
        Lab.Set(HyperVLab.Web, name, JsonNode.Parse(value));

        var fault = await FaultAsync(Driver.GuestPowerAsync(Host, HyperVLab.Web, GuestVerb.Shutdown, null, Ct));

        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GuestVerb.Save, "Saved")]
    [InlineData(GuestVerb.Save, "Saving")]
    [InlineData(GuestVerb.ForceOff, "Off")]
    [InlineData(GuestVerb.ForceOff, "Saved")]
    [InlineData(GuestVerb.Start, "Running")]
    [InlineData(GuestVerb.Start, "Starting")]
    [InlineData(GuestVerb.Shutdown, "Off")]
    public async Task Verb_AlreadyAsWanted_DoesNothing(GuestVerb verb, string state)
    {
        Lab.Set(HyperVLab.Web, "state", state);

        await Driver.GuestPowerAsync(Host, HyperVLab.Web, verb, null, Ct);

        Assert.Empty(Lab.Log());
    }

    [Fact]
    public async Task Start_Paused_Resumes()
    {
        Lab.Set(HyperVLab.Web, "state", "Paused");

        await Driver.GuestPowerAsync(Host, HyperVLab.Web, GuestVerb.Start, null, Ct);

        Assert.Equal(["resume web01"], Lab.Log());
    }

    [Fact]
    public async Task Save_TakesLong_IsAcceptedAndGoesOn()
    {
        Lab.Set(HyperVLab.Web, "takes", 60_000);
        var began = TimeProvider.System.GetTimestamp();

        await Driver.GuestPowerAsync(Host, HyperVLab.Web, GuestVerb.Save, null, Ct);

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
        Assert.Equal(["save web01"], Lab.Log());
        Assert.Equal(GuestState.Running, (await Driver.GetStatesAsync(Host, Ct)).Guests[0].State);
    }

    [Fact]
    public async Task Save_CheckpointUnderWay_IsRefusedInHyperVsWords()
    {
        Lab.Set(HyperVLab.Web, "fault", "The operation cannot be performed while the object is in use.");

        var fault = await FaultAsync(Driver.GuestPowerAsync(Host, HyperVLab.Web, GuestVerb.Save, null, Ct));

        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Equal(
            "'web01' failed to save. The operation cannot be performed while the object is in use.",
            fault.Message
        );
    }
}
