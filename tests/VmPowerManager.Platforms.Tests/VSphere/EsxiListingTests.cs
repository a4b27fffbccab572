using VmPowerManager.Hosts;
using VmPowerManager.Hosts.VSphere;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>What a shell prints, well or ill.</summary>
public sealed class EsxiListingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("@@vm 1\n   powerState = \"poweredOn\", ")]
    [InlineData("garbage\0\n@@end?")]
    public void Listing_ThatDoesNotEnd_IsNone(string output) => Assert.Null(EsxiListing.Parse(output));

    [Fact]
    public void Listing_AnyOutput_IsBoundedAndNeverThrows()
    {
        var random = new Random(5);
        const string whole =
            "@@uuid \"4C4C4544\"\n@@maintenance Disabled\n@@vm 12\n   powerState = \"poweredOn\", \n      name = \"a, b\", \n"
            + "      instanceUuid = \"52AB0000-0000-4000-8000-000000000001\", \n      name = \"second\", \n@@end\n";
        var read = Assert.IsType<EsxiListing>(EsxiListing.Parse(whole));
        var guest = Assert.Single(read.Guests);
        Assert.Equal((12, "a, b", "52ab0000-0000-4000-8000-000000000001"), (guest.VmId, guest.Name, guest.Id));
        for (var i = 0; i < 20_000; i++)
        {
            var text = whole.ToCharArray();
            for (var edits = random.Next(8); edits > 0; edits--)
                text[random.Next(text.Length)] = (char)random.Next(0, 256);
            EsxiListing.Parse(new string(text));
        }
        var many =
            string.Concat(Enumerable.Range(0, 5000).Select(i => $"@@vm {i}\npowerState = \"poweredOn\", \n")) + "@@end";
        var bounded = EsxiListing.Parse(many)!; // not null: it ends
        Assert.Equal((2000, false), (bounded.Guests.Count, bounded.IsWhole));
    }

    [Fact]
    public void Listing_WithSomethingMissing_IsNotWhole()
    {
        const string row = "@@row 12     web 1   [store] web/web.vmx   otherLinux64Guest   vmx-19   note\n";
        const string told =
            "@@vm 12\n   powerState = \"poweredOn\", \n      instanceUuid = \"52ab0000-0000-4000-8000-000000000001\", \n";

        var well = Parsed(row + told + "@@row 3 of them\n");
        var twice = Parsed(row + told + "@@vm 12\n");
        var mute = Parsed(row + "@@vm 12\n");
        var skipped = Parsed(row + told + "@@row Skipping invalid VM '13'\n");
        var lost = Parsed(row + told + "   connectionState = \"inaccessible\", \n");

        Assert.True(well.IsWhole);
        Assert.Equal(GuestState.Running, Assert.Single(well.Guests).State);
        Assert.Equal(GuestState.Running, Assert.Single(twice.Guests).State);
        Assert.False(mute.IsWhole);
        Assert.Equal((GuestState.Unknown, "web 1"), (Assert.Single(mute.Guests).State, mute.Guests[0].Name));
        Assert.False(skipped.IsWhole);
        Assert.Equal(GuestState.Unknown, Assert.Single(lost.Guests).State);

        static EsxiListing Parsed(string output) => EsxiListing.Parse(output + "@@end\n")!; // not null: it ends
    }
}
