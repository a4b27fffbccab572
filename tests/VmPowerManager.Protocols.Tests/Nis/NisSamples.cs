using System.Buffers.Binary;
using System.Text;

namespace VmPowerManager.Protocols.Tests.Nis;

/// <summary>Answers as apcupsd sends them: a record a line.</summary>
internal static class NisSamples
{
    public const string Status = """
        APC      : 001,020,0501
        DATE     : 2026-11-23 03:17:33 +0000
        HOSTNAME : vault
        VERSION  : 3.14.14 (31 May 2016) debian
        UPSNAME  : rack
        MODEL    : Smart-UPS 1500
        STATUS   : ONLINE
        LINEV    : 231.0 Volts
        LOADPCT  : 23.0 Percent
        BCHARGE  : 100.0 Percent
        TIMELEFT : 30.0 Minutes
        XOFFBATT : N/A
        STATFLAG : 0x05000008
        SERIALNO : AS2411223344
        END APC  : 2026-11-23 03:17:33 +0000

        """;

    public const string Events = """
        2026-11-23 03:17:33 +0000  apcupsd 3.14.14 (31 May 2016) debian startup succeeded
        2026-11-23 03:21:40 +0000  Power failure.

        """;

    /// <summary>As records, a line each, with the end.</summary>
    public static byte[] Records(string text)
    {
        var bytes = new List<byte>();
        foreach (var line in text.Split('\n').SkipLast(1))
            bytes.AddRange(Record(line + "\n"));
        return [.. bytes, 0, 0];
    }

    public static byte[] Record(string text)
    {
        var record = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)(record.Length - 2));
        Encoding.UTF8.GetBytes(text, record.AsSpan(2));
        return record;
    }
}
