using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Libvirt;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>What guests belong to, where libvirt's UUID of the host is the machine's and where it is made up.</summary>
public sealed class LibvirtRealmTests
{
    private const string A = "cf803b4d-512c-4f00-b6f5-460d94517b70";
    private const string B = "6695eb01-f6a4-8304-79aa-97f2502e193f";
    private const string First = "1a0cae36-9e01-443b-bff4-fbf913d31ef3";
    private const string Second = "2b1dbf47-9e01-443b-bff4-fbf913d31ef3";
    private const string System = "0123456789abcdef0123456789abcdef";
    private const string Another = "fedcba9876543210fedcba9876543210";

    /// <summary>The firmware's is there to be read by root only.</summary>
    private const string Unreadable = "";

    [Theory]
    [InlineData(Unreadable)]
    [InlineData("1A0CAE36-9E01-443B-BFF4-FBF913D31EF3")]
    [InlineData("36ae0c1a-019e-3b44-bff4-fbf913d31ef3")] // the same bytes in SMBIOS's order
    public void Firmware_HasOne_LibvirtsIsTheRealm(string firmware) =>
        Assert.Equal(First, Of(First, System, firmware).Realm);

    [Theory]
    [InlineData(null)]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void Firmware_HasNone_TheSystemsIdIsTheRealm_WhateverLibvirtMakesUp(string? firmware)
    {
        var one = Of(First, System, firmware);
        var two = Of(Second, System, firmware);
        var other = Of(First, Another, firmware);

        Assert.StartsWith("machine:", one.Realm, StringComparison.Ordinal);
        Assert.DoesNotContain(System[..8], one.Realm, StringComparison.Ordinal);
        Assert.Equal(one.Realm, two.Realm);
        Assert.NotEqual(one.Realm, other.Realm);
        // After a restart of this program, with what it stored.
        Assert.Equal((one.Realm, false), Told(Of(Second, System, firmware, null, Known(one.Realm, A))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("uninitialized")]
    [InlineData("00000000000000000000000000000000")]
    public void NoIdAnywhere_LibvirtsIsTheRealm(string? system) =>
        Assert.Equal(First, Of(First, system, firmware: null).Realm);

    [Fact]
    public void LibvirtSetToTakeTheSystemsId_IsBelieved() =>
        Assert.Equal(
            "01234567-89ab-cdef-0123-456789abcdef",
            Of("01234567-89ab-cdef-0123-456789abcdef", System, firmware: null).Realm
        );

    [Theory]
    [InlineData(null)]
    [InlineData(Unreadable)]
    public void StoredByLibvirtsUuid_StaysWhileLibvirtTellsIt(string? firmware)
    {
        var realm = Of(First, System, firmware, null, Known(First, A));

        Assert.Equal((First, false), Told(realm));
        Assert.Null(realm.Inventory(Listing(First, System, firmware), []).WholeRealm);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Unreadable)]
    public void AnotherUuid_OnTheSameSystem_KeepsTheRealm(string? firmware)
    {
        var before = Of(First, System, firmware, null, Known(First, A));

        // Though none of its guests is there any more.
        var after = Of(Second, System, firmware, before, Known(First, B));

        Assert.Equal((First, true), Told(after));
        Assert.False(after.Inventory(Listing(Second, System, firmware), [Known(First, B)]).WholeRealm);
    }

    [Fact]
    public void AnotherUuid_AfterARestartOfThisProgram_IsKnownByItsGuests()
    {
        var after = Of(Second, System, null, null, Known(First, A));

        Assert.Equal((First, true), Told(after));
        // All that were known are there: what is not listed is not there.
        Assert.Null(after.Inventory(Listing(Second, System, null), [Known(First, A)]).WholeRealm);
        // One is missing: whether it is the same machine is not proved, and it is not taken for off.
        Assert.False(after.Inventory(Listing(Second, System, null), [Known(First, A), Known(First, B)]).WholeRealm);
    }

    [Fact]
    public void AnotherMachine_IsAnotherRealm()
    {
        var before = Of(First, System, Unreadable);

        Assert.Equal((Second, false), Told(Of(Second, Another, Unreadable, before, Known(First, B))));
        Assert.Equal((Second, false), Told(Of(Second, Another, Unreadable, null, Known(First, B))));
    }

    [Fact]
    public void NothingTold_IsAFault() =>
        Assert.Throws<DeviceException>(() =>
            LibvirtRealm.Of(VirshListing.Parse("@@uuid\n@@state@@saved\n@@end"), 1, null, [])
        );

    private static (string, bool) Told(LibvirtRealm realm) => (realm.Realm, realm.Carried);

    private static KnownGuest Known(string realm, string id) => new(realm, id, "g", GuestKind.Vm, default);

    private static LibvirtRealm Of(
        string told,
        string? system,
        string? firmware,
        LibvirtRealm? before = null,
        params KnownGuest[] known
    ) => LibvirtRealm.Of(Listing(told, system, firmware), 1, before, known);

    /// <summary>One guest, <see cref="A"/>.</summary>
    private static VirshListing Listing(string told, string? system, string? firmware) =>
        VirshListing.Parse(
            $"@@machine {system}\n"
                + (firmware is null ? "" : $"@@firmware {firmware}\n")
                + $"@@realm<capabilities>\n    <uuid>{told}</uuid>\n@@uuid{A} a\n\n@@stateDomain: 'a'\n"
                + "  state.state=1\n\n@@saved@@end"
        );
}
