using System.Globalization;
using System.Net;
using CsCheck;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Whatever arrives, decoders answer or say Malformed: nothing else gets out, nothing hangs or grows.
/// VMPM_FUZZ is the number of inputs.</summary>
public sealed class SnmpFuzzTests
{
    private const int InputsInCi = 200_000;

    private static readonly SnmpUser[] Users =
    [
        new("none"),
        new("signed") { Auth = SnmpAuth.Md5, AuthPassword = "authpass12" },
        new("sealed")
        {
            Auth = SnmpAuth.Sha1,
            AuthPassword = "authpass12",
            Privacy = SnmpPrivacy.Aes128,
            PrivacyPassword = "privpass12",
        },
        new("des")
        {
            Auth = SnmpAuth.Md5,
            AuthPassword = "authpass12",
            Privacy = SnmpPrivacy.Des,
            PrivacyPassword = "privpass12",
        },
    ];

    private static readonly byte[] EngineId = Convert.FromHexString("80001f8803000000000001");

    [Fact]
    public void Decoders_OnMutatedDatagrams_AnswerOrSayMalformed()
    {
        var (reader, authority) = Sides();
        var seeds = Seeds();
        Assert.All(seeds, seed => Decode(seed, reader, authority));
        var inputs = Inputs();
        var began = TimeProvider.System.GetTimestamp();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var mutator = new Mutator(seeds, 20_260_000);

        for (var i = 0; i < inputs; i++)
        {
            var input = mutator.Next();
            try
            {
                Decode(input, reader, authority);
            }
            catch (Exception e)
            {
                Assert.Fail($"Input {i}, {Convert.ToHexString(input)}: {e}");
            }
        }

        var took = TimeProvider.System.GetElapsedTime(began);
        var perInput = (GC.GetAllocatedBytesForCurrentThread() - allocated) / inputs;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{inputs:N0} inputs in {took.TotalSeconds:0.0} s, {perInput:N0} bytes allocated for each"
        );
        Assert.InRange(perInput, 0, 64 * 1024);
    }

    /// <summary>The worst that 64 KiB can say: as much as fits of each part.</summary>
    [Theory]
    [InlineData("0500")]
    [InlineData("3000")]
    [InlineData("30060602010005 00")]
    [InlineData("300506010005 00")]
    [InlineData("30023000")]
    public void Decoder_OfAsMuchAsFits_StaysBounded(string repeated)
    {
        var unit = Convert.FromHexString(repeated.Replace(" ", ""));
        var writer = new BerWriter();
        for (var i = 0; i < 65_000 / unit.Length; i++)
            writer.Raw(unit);
        writer.Close(BerReader.Sequence, 0);
        writer.Integer(0);
        writer.Integer(0);
        writer.Integer(1);
        writer.Close((byte)SnmpPduType.Response, 0);
        writer.Octets("public"u8);
        writer.Integer(1);
        writer.Close(BerReader.Sequence, 0);
        var datagram = writer.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<SnmpException>(() => SnmpMessage.Decode(datagram));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Messages_OfAnyContent_ComeBackTheSame()
    {
        var arcs = Gen.UInt.Array[0, 30].Select(more => new Oid([1, 3, .. more]));
        var value = Gen.OneOf(
            Gen.Int.Select(SnmpValue.OfInteger),
            Gen.Byte.Array[0, 300].Select(o => SnmpValue.OfOctets(SnmpType.OctetString, o)),
            Gen.UInt.Select(n => SnmpValue.OfNumber(SnmpType.Counter32, n)),
            Gen.Long.Select(n => SnmpValue.OfNumber(SnmpType.Counter64, n)),
            arcs.Select(SnmpValue.OfObjectId),
            Gen.Const(SnmpValue.Absent(SnmpType.EndOfMibView))
        );
        Gen.Select(arcs, value, (name, v) => new SnmpVariable(name, v))
            .Array[0, 20]
            .Sample(
                variables =>
                {
                    var message = new SnmpMessage(
                        SnmpVersion.V2c,
                        "public",
                        new SnmpPdu(SnmpPduType.Response, 42, variables)
                    );
                    return SnmpMessage.Decode(message.Encode()).Pdu.Variables.SequenceEqual(variables);
                },
                iter: 2_000,
                threads: 1
            );
    }

    private static int Inputs() =>
        int.TryParse(
            Environment.GetEnvironmentVariable("VMPM_FUZZ"),
            NumberStyles.Integer,
            CultureInfo.InvariantCulture,
            out var inputs
        )
            ? inputs
            : InputsInCi;

    private static (SnmpNotificationReader Reader, UsmAuthority Authority) Sides()
    {
        var authority = new UsmAuthority(EngineId, 1, TimeProvider.System);
        var reader = new SnmpNotificationReader(authority, TimeProvider.System);
        reader.SetUsers(Users);
        return (reader, authority);
    }

    /// <summary>Every way in.</summary>
    private static void Decode(byte[] datagram, SnmpNotificationReader reader, UsmAuthority authority)
    {
        reader.Read(datagram, IPAddress.Loopback);
        Guarded(() => SnmpMessage.Decode(datagram));
        Guarded(() => authority.Receive(datagram));
        Guarded(() =>
        {
            var message = UsmMessage.Decode(datagram);
            foreach (var user in Users)
            {
                // As if the digest were right: that is what stands before these otherwise.
                var keys = Keys[user].At(EngineId);
                UsmSeal.IsGenuine(datagram, message, user.Auth, keys);
                if (user.Privacy is not SnmpPrivacy.None || !message.IsEncrypted)
                    Guarded(() => UsmSeal.Open(message, user.Privacy, keys));
            }
        });
    }

    private static Dictionary<SnmpUser, UsmKeys> Keys { get; } = Users.ToDictionary(u => u, u => new UsmKeys(u));

    private static void Guarded(Action decode)
    {
        try
        {
            decode();
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Malformed or SnmpFault.WrongPrivacy)
        {
            // The declared one.
        }
    }

    private static byte[][] Seeds()
    {
        SnmpVariable[] variables =
        [
            new(Oid.Parse("1.3.6.1.2.1.1.3.0"), SnmpValue.OfNumber(SnmpType.TimeTicks, 4_000_000_000)),
            new(Oid.Parse("1.3.6.1.6.3.1.1.4.1.0"), SnmpValue.OfObjectId(Oid.Parse("1.3.6.1.2.1.33.2.1"))),
            new(Oid.Parse("1.3.6.1.2.1.33.1.1.2.0"), SnmpValue.OfText("Smart-UPS 1500")),
            new(Oid.Parse("1.3.6.1.2.1.33.1.2.7.0"), SnmpValue.OfInteger(-5)),
            new(
                Oid.Parse("1.3.6.1.2.1.33.1.2.9.0"),
                SnmpValue.OfOctets(SnmpType.Opaque, new byte[] { 0x9F, 0x78, 4, 1, 2, 3, 4 })
            ),
            new(Oid.Parse("1.3.6.1.2.1.33.1.2.8.0"), SnmpValue.Absent(SnmpType.NoSuchInstance)),
            new(Oid.Parse("1.3.6.1.6.3.18.1.3.0"), SnmpValue.OfOctets(SnmpType.IpAddress, new byte[] { 192, 0, 2, 1 })),
        ];
        var head = new SnmpTrapV1(Oid.Parse("1.3.6.1.4.1.318"), IPAddress.Loopback, 6, 5, 9);
        SnmpPdu[] pdus =
        [
            new(SnmpPduType.Response, 77, variables),
            new(SnmpPduType.Trap, 78, variables),
            new(SnmpPduType.Inform, 79, variables),
            new(SnmpPduType.GetBulk, 80, variables[..1]) { MaxRepetitions = 10 },
        ];
        return
        [
            .. pdus.Select(pdu => new SnmpMessage(SnmpVersion.V2c, "public", pdu).Encode()),
            new SnmpMessage(
                SnmpVersion.V1,
                "c",
                new SnmpPdu(SnmpPduType.TrapV1, 0, variables) { TrapV1 = head }
            ).Encode(),
            .. pdus.SelectMany(pdu => Users.Select(user => V3(pdu, user, EngineId))),
            .. pdus.Select(pdu => V3(pdu, Users[2], Convert.FromHexString("80001f8803000000000002"))),
        ];
    }

    private static byte[] V3(SnmpPdu pdu, SnmpUser user, byte[] engineId)
    {
        var message = new UsmMessage(5, engineId, 1, 0, System.Text.Encoding.UTF8.GetBytes(user.Name))
        {
            IsReportable = pdu.Type is not SnmpPduType.Trap,
            IsAuthenticated = user.Auth is not SnmpAuth.None,
            IsEncrypted = user.Privacy is not SnmpPrivacy.None,
        };
        var keys = new UsmKeys(user);
        return UsmSeal.Close(message, new UsmScope(engineId, [], pdu), keys, keys.At(engineId));
    }
}
