using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Libvirt;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Tests.Hosts;

public sealed class VirshListingTests
{
    private const string A = "cf803b4d-512c-4f00-b6f5-460d94517b70";
    private const string B = "6695eb01-f6a4-8304-79aa-97f2502e193f";
    private const string C = "c4cb5829-9610-4657-8af3-8acd7fd665f2";

    /// <summary>As libvirt 9.0 prints it: virsh's echo ends no line.</summary>
    private const string Transcript = $"""
        @@realm<capabilities>

            <uuid>1a0cae36-9e01-443b-bff4-fbf913d31ef3</uuid>
              <uri_transports>

        @@uuid{A} web 01  "x" it's é running
        {B} @@end
        {C} Domain: 'x'

        @@stateDomain: 'web 01  "x" it's é running'
          state.state=1
          state.reason=1

        Domain: '@@end'
          state.state=5
          state.reason=5

        Domain: 'Domain: 'x''
          state.state=3
          state.reason=1

        @@saved{B}

        @@end@@agent {A} running
        @@agent {C} absent

        """;

    [Fact]
    public void Transcript_OddNames_AreReadRight()
    {
        var listing = VirshListing.Parse(Transcript);
        Assert.True(listing.Complete);
        Assert.Equal("1a0cae36-9e01-443b-bff4-fbf913d31ef3", listing.Realm);
        Assert.Equal(
            [
                new(B, "@@end", GuestKind.Vm, GuestState.Saved, AgentState.Unknown),
                new(C, "Domain: 'x'", GuestKind.Vm, GuestState.Paused, AgentState.Unknown),
                new GuestSighting(
                    A,
                    "web 01  \"x\" it's é running",
                    GuestKind.Vm,
                    GuestState.Running,
                    AgentState.Running
                ),
            ],
            listing.Inventory("r").Guests
        );
    }

    [Theory]
    [InlineData(0, GuestState.Unknown)]
    [InlineData(1, GuestState.Running)]
    [InlineData(2, GuestState.Running)]
    [InlineData(3, GuestState.Paused)]
    [InlineData(4, GuestState.Running)]
    [InlineData(5, GuestState.Off)]
    [InlineData(6, GuestState.Unknown)]
    [InlineData(7, GuestState.Paused)]
    [InlineData(99, GuestState.Unknown)]
    public void State_IsMapped(int number, GuestState state)
    {
        var text = $"@@uuid{A} a\n\n@@stateDomain: 'a'\n  state.state={number}\n\n@@saved@@end";
        Assert.Equal(state, Assert.Single(VirshListing.Parse(text).Inventory("r").Guests).State);
    }

    [Fact]
    public void NoGuests_IsAnEmptyCompleteListing()
    {
        var listing = VirshListing.Parse("@@uuid\n@@state@@saved\n@@end");
        Assert.True(listing.Complete);
        Assert.Empty(listing.Inventory("r").Guests);
    }

    [Fact]
    public void GuestWithoutState_IsUnknown() => // defined between two sections
        Assert.Equal(
            GuestState.Unknown,
            Assert.Single(VirshListing.Parse($"@@uuid{A} a\n@@state@@saved@@end").Inventory("r").Guests).State
        );

    [Fact]
    public void CutOff_IsAnErrorWithTheWords()
    {
        var cut = Result(0, $"@@uuid{A} a\n", "error: Disconnected from qemu:///system due to end of file\n");
        var fault = Assert.Throws<DeviceException>(() => Virsh.Listing(cut));
        Assert.Equal("Disconnected from qemu:///system due to end of file", fault.Message);
        Assert.Equal(
            DeviceFault.ProtocolError,
            Assert.Throws<DeviceException>(() => Virsh.Listing(Result(0, "", ""))).Fault
        );
    }

    [Theory]
    [InlineData(
        1,
        "error: Failed to shutdown domain 'vm2'\nerror: Requested operation is not valid: domain is not running\n",
        DeviceFault.Refused,
        "Failed to shutdown domain 'vm2': Requested operation is not valid: domain is not running"
    )]
    [InlineData(1, "error: failed to get domain 'x'\n", DeviceFault.Refused, "failed to get domain 'x'")]
    [InlineData(
        1,
        "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory\n",
        DeviceFault.Refused, // the host answers: it is not silent (C4)
        "failed to connect to the hypervisor: Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory"
    )]
    [InlineData(
        1,
        "error: failed to connect to the hypervisor\nerror: authentication unavailable: no polkit agent available\n",
        DeviceFault.AuthenticationFailed,
        "failed to connect to the hypervisor: authentication unavailable: no polkit agent available"
    )]
    [InlineData(127, "sh: 1: virsh: not found\n", DeviceFault.Unsupported, "sh: 1: virsh: not found")]
    [InlineData(1, "error: unknown command: 'domstats'\n", DeviceFault.Unsupported, "unknown command: 'domstats'")]
    public void Failure_IsToldInVirshsWords(int exitCode, string error, DeviceFault fault, string words)
    {
        var thrown = Assert.Throws<DeviceException>(() => Virsh.Check(Result(exitCode, "", error)));
        Assert.Equal((fault, words), (thrown.Fault, thrown.Message));
    }

    private static SshResult Result(int exitCode, string output, string error) =>
        new(exitCode, null, output, error, false, 1);

    [Fact]
    public void Thorough_TellsWhatLibvirtStartsByItself()
    {
        var listing = VirshListing.Parse(
            $"""
            @@uuid{A} web 01
            @@end
            @@autostart{A}
            {B}

            @@service ON_SHUTDOWN=suspend ON_BOOT=start
            @@service ON_BOOT='ignore'
            @@service ON_EVIL=1
            @@agent {A} absent
            """
        );

        Assert.Equal(
            [
                new HostFact("Starts with the host", $"{B}, web 01"),
                new HostFact("libvirt-guests", "ON_SHUTDOWN=suspend, ON_BOOT=ignore"),
            ],
            listing.Inventory("r").Facts
        );
    }

    [Fact]
    public void Thorough_NothingStartsByItself_IsNoFact()
    {
        // virsh's echo ends no line.
        Assert.Equal([], VirshListing.Parse($"@@uuid{A} a\n@@end\n@@autostart@@agent {A} absent\n").Facts);
        Assert.Null(VirshListing.Parse($"@@uuid{A} a\n@@end\n").Facts);
    }
}
