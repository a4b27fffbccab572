using System.Globalization;
using System.Net;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

public sealed class SnmpMessageTests
{
    private static readonly Oid Name = Oid.Parse("1.3.6.1.2.1.1.5.0");

    public static TheoryData<string> Values =>
        [
            "Integer -1",
            "Integer -2147483648",
            "Integer 2147483647",
            "Integer 128",
            "Counter32 4294967295",
            "Gauge32 0",
            "TimeTicks 2147483648",
            "Counter64 -1",
            "Counter64 9223372036854775807",
        ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Number_ThereAndBack_IsTheSame(string value)
    {
        var parts = value.Split(' ');
        var number = SnmpValue.OfNumber(
            Enum.Parse<SnmpType>(parts[0]),
            long.Parse(parts[1], CultureInfo.InvariantCulture)
        );

        Assert.Equal(number, ThereAndBack(number));
    }

    [Theory]
    [InlineData("0.0")]
    [InlineData("1.3.6.1.4.1.318.1.1.1")]
    [InlineData("2.999.3")]
    [InlineData("1.3.4294967295.0.127.128.16383.16384")]
    public void Identifier_ThereAndBack_IsTheSame(string oid)
    {
        var value = SnmpValue.OfObjectId(Oid.Parse(oid));

        Assert.Equal(value, ThereAndBack(value));
    }

    [Fact]
    public void Octets_ThereAndBack_AreTheSame()
    {
        foreach (var length in new[] { 0, 1, 127, 128, 255, 256, 40_000 })
        {
            var value = SnmpValue.OfOctets(
                SnmpType.OctetString,
                Enumerable.Range(0, length).Select(i => (byte)i).ToArray()
            );
            Assert.Equal(value, ThereAndBack(value));
        }
        Assert.Equal("10.0.0.1", ThereAndBack(SnmpValue.OfOctets(SnmpType.IpAddress, new byte[] { 10, 0, 0, 1 })).Text);
    }

    [Fact]
    public void Bulk_ThereAndBack_KeepsItsCounts()
    {
        var bulk = new SnmpPdu(SnmpPduType.GetBulk, 7, []) { NonRepeaters = 1, MaxRepetitions = 20 };

        Assert.Equivalent(bulk, SnmpMessage.Decode(new SnmpMessage(SnmpVersion.V2c, "c", bulk).Encode()).Pdu);
    }

    [Fact]
    public void TrapV1_ThereAndBack_KeepsItsHead()
    {
        var head = new SnmpTrapV1(Oid.Parse("1.3.6.1.4.1.318"), IPAddress.Parse("192.0.2.7"), 6, 5, 4_000_000_000);
        var trap = new SnmpPdu(SnmpPduType.TrapV1, 0, [new(Name, SnmpValue.OfText("on battery"))]) { TrapV1 = head };

        var read = SnmpMessage.Decode(new SnmpMessage(SnmpVersion.V1, "c", trap).Encode()).Pdu;

        Assert.Equal(head, read.TrapV1);
        Assert.Equal("on battery", read.Variables[0].Value.Text);
    }

    /// <summary>What agents write though no standard has it: each line is one variable's value.</summary>
    [Theory]
    [InlineData("02 05 0000000005", SnmpType.Integer, 5)] // longer than needed
    [InlineData("02 81 01 FF", SnmpType.Integer, -1)] // a length longer than needed
    [InlineData("02 83 000001 07", SnmpType.Integer, 7)]
    [InlineData("41 04 FFFFFFFF", SnmpType.Counter32, 4294967295)] // the zero in front forgotten
    [InlineData("42 01 FF", SnmpType.Gauge32, 255)]
    [InlineData("43 05 00FFFFFFFF", SnmpType.TimeTicks, 4294967295)]
    [InlineData("43 08 FFFFFFFFFFFFFFFE", SnmpType.TimeTicks, 4294967294)] // its sign extended
    [InlineData("47 01 09", SnmpType.Gauge32, 9)] // UInteger32 of the first v2
    [InlineData("02 00", SnmpType.Null, 0)] // no number at all
    [InlineData("09 03 800101", SnmpType.Null, 0)] // a type that SNMP does not have
    public void Value_OddlyWritten_IsReadForWhatItMeans(string written, SnmpType type, long number)
    {
        var value = Read(written);

        Assert.Equal(type, value.Type);
        Assert.Equal(number, value.Integer);
    }

    [Theory]
    [InlineData("44 07 9F7804 42F6E979", 123.456)]
    [InlineData("44 0B 9F7908 405EDD2F1A9FBE77", 123.456)]
    [InlineData("44 07 9F7804 7FC00000", null)] // not a number
    [InlineData("44 03 010203", null)]
    public void Opaque_HoldingAFloat_IsANumber(string written, double? expected)
    {
        var value = Read(written);

        Assert.Equal(SnmpType.Opaque, value.Type);
        if (expected is { } number)
            Assert.Equal(number, value.Real!.Value, 0.0001); // not null: asserted by the comparison
        else
            Assert.Null(value.Real);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("30 80 0000")] // a length without an end
    [InlineData("30 88 FFFFFFFFFFFFFFFF")]
    [InlineData("30 84 7FFFFFFF")]
    [InlineData("30 03 020105")] // no such version
    [InlineData("30 0C 020101 0406 7075626C6963")] // nothing behind the community
    [InlineData("30 10 020101 0406 7075626C6963 AF02 0500")] // no PDU
    public void Datagram_Broken_IsMalformed(string written)
    {
        var datagram = Convert.FromHexString(written.Replace(" ", ""));

        var fault = Assert.Throws<SnmpException>(() => SnmpMessage.Decode(datagram));

        Assert.Equal((SnmpFault.Malformed, DeviceFault.ProtocolError), (fault.Reason, fault.Fault));
    }

    [Fact]
    public void Identifier_Endless_IsMalformed()
    {
        Assert.Throws<SnmpException>(() => BerReader.ObjectId([0x2B, 0x86]));
        Assert.Throws<SnmpException>(() => BerReader.ObjectId([0x2B, 0x90, 0x80, 0x80, 0x80, 0x80, 0x00]));
        Assert.Throws<SnmpException>(() => BerReader.ObjectId(Enumerable.Repeat((byte)1, 200).ToArray()));
        Assert.Equal(new Oid(0, 0), BerReader.ObjectId([]));
    }

    private static SnmpValue ThereAndBack(SnmpValue value)
    {
        var pdu = new SnmpPdu(SnmpPduType.Response, 1, [new SnmpVariable(Name, value)]);
        var message = new SnmpMessage(SnmpVersion.V2c, "public", pdu);
        return SnmpMessage.Decode(message.Encode()).Pdu.Variables[0].Value;
    }

    /// <summary>A value as its octets, put into a response.</summary>
    private static SnmpValue Read(string written)
    {
        var writer = new BerWriter();
        writer.Raw(Convert.FromHexString(written.Replace(" ", "")));
        writer.ObjectId((byte)SnmpType.ObjectId, Name);
        writer.Close(BerReader.Sequence, 0);
        writer.Close(BerReader.Sequence, 0);
        writer.Integer(0);
        writer.Integer(0);
        writer.Integer(1);
        writer.Close((byte)SnmpPduType.Response, 0);
        var reader = new BerReader(writer.ToArray());
        return PduCodec.Read(ref reader).Variables[0].Value;
    }
}
