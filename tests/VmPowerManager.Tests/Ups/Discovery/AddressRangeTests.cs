using System.Net;
using VmPowerManager.Core;
using VmPowerManager.Ups.Discovery;

namespace VmPowerManager.Tests.Ups.Discovery;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("192.168.1.7", 1, "192.168.1.7", "192.168.1.7")]
    [InlineData("192.168.1.9/24", 254, "192.168.1.1", "192.168.1.254")]
    [InlineData("10.0.0.0/20", 4094, "10.0.0.1", "10.0.15.254")]
    [InlineData("10.0.0.4/31", 2, "10.0.0.4", "10.0.0.5")]
    [InlineData("10.0.0.4/32", 1, "10.0.0.4", "10.0.0.4")]
    [InlineData("10.0.0.5-20", 16, "10.0.0.5", "10.0.0.20")]
    [InlineData("10.0.0.250-10.0.1.4", 11, "10.0.0.250", "10.0.1.4")]
    [InlineData("10.0.0.1, 10.0.0.1;10.0.0.1-3", 3, "10.0.0.1", "10.0.0.3")]
    [InlineData("10.0.0.1 fd00::7", 2, "10.0.0.1", "fd00::7")]
    public void Parse_Range_IsItsAddresses(string text, int count, string first, string last)
    {
        var addresses = AddressRange.Parse(text);

        Assert.Equal(count, addresses.Count);
        Assert.Equal((IPAddress.Parse(first), IPAddress.Parse(last)), (addresses[0], addresses[^1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("10")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("192.168.1.256")]
    [InlineData("192.168.1.1/33")]
    [InlineData("192.168.1.1/-1")]
    [InlineData("192.168.1.20-10")]
    [InlineData("192.168.1.1-2-3")]
    [InlineData("nas.local")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.0.0.0/19")]
    [InlineData("10.0.0.0/20, 10.1.0.0/24")]
    [InlineData("0.0.0.0")]
    [InlineData("ff02::1")]
    [InlineData("fd00::/64")]
    public void Parse_NoRangeOrTooLarge_IsRefusedAtTheField(string text)
    {
        var refused = Assert.Throws<InvalidInputException>(() => AddressRange.Parse(text));

        Assert.Equal("range", Assert.Single(refused.Errors).Key);
    }

    [Fact]
    public void Proposal_TakesNetworksThatLeadSomewhereAndCutsLargeOnes()
    {
        OwnNetworks.Network Of(string address, int prefix, bool leads) => new(IPAddress.Parse(address), prefix, leads);

        Assert.Equal(
            "192.168.178.0/24, 10.7.3.0/24",
            OwnNetworks.Proposal([Of("192.168.178.20", 24, true), Of("172.17.0.1", 16, false), Of("10.7.3.9", 8, true)])
        );
        Assert.Equal("172.17.0.0/24", OwnNetworks.Proposal([Of("172.17.0.1", 16, false)]));
        Assert.Equal("10.1.4.0/22", OwnNetworks.Proposal([Of("10.1.7.9", 22, true)]));
        Assert.Equal("10.1.7.9", OwnNetworks.Proposal([Of("10.1.7.9", 32, true)]));
        Assert.Equal("", OwnNetworks.Proposal([]));
    }
}
