using System.Text;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Known answers of the standards and drafts.</summary>
public sealed class UsmKeyTests
{
    private static readonly byte[] Engine = Convert.FromHexString("000000000000000000000002");

    /// <summary>RFC 3414, A.3.</summary>
    [Theory]
    [InlineData(SnmpAuth.Md5, "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b")]
    [InlineData(SnmpAuth.Sha1, "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f")]
    public void Password_OfTheRfc_GivesItsKeys(SnmpAuth auth, string stretched, string localised)
    {
        var key = UsmKeys.Stretch(auth, "maplesyrup"u8);

        Assert.Equal(stretched, Hex(key));
        Assert.Equal(localised, Hex(UsmKeys.Localise(auth, key, Engine)));
    }

    /// <summary>draft-reeder-snmpv3-usm-3desede, B: the chained key of 32 octets.</summary>
    [Theory]
    [InlineData(SnmpAuth.Md5, "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12")]
    [InlineData(SnmpAuth.Sha1, "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c")]
    public void Key_Reeder_IsChained(SnmpAuth auth, string expected)
    {
        var key = UsmKeys.Localise(auth, UsmKeys.Stretch(auth, "maplesyrup"u8), Engine);

        Assert.Equal(expected, Hex(UsmKeys.Extend(auth, SnmpPrivacy.Aes256Reeder, key, Engine)));
    }

    [Fact]
    public void Key_Blumenthal_AppendsItsHash()
    {
        var key = UsmKeys.Localise(SnmpAuth.Md5, UsmKeys.Stretch(SnmpAuth.Md5, "maplesyrup"u8), Engine);

        var extended = UsmKeys.Extend(SnmpAuth.Md5, SnmpPrivacy.Aes256, key, Engine);

        Assert.Equal([.. key, .. UsmDigest.Hash(SnmpAuth.Md5, key)], extended);
    }

    [Theory]
    [InlineData(SnmpAuth.Sha256)]
    [InlineData(SnmpAuth.Sha512)]
    public void Key_LongEnough_IsTheSameEitherWay(SnmpAuth auth)
    {
        var key = UsmKeys.Localise(auth, UsmKeys.Stretch(auth, "maplesyrup"u8), Engine);

        Assert.Equal(key[..32], UsmKeys.Extend(auth, SnmpPrivacy.Aes256, key, Engine));
        Assert.Equal(key[..32], UsmKeys.Extend(auth, SnmpPrivacy.Aes256Reeder, key, Engine));
    }

    /// <summary>FIPS 180-4's examples.</summary>
    [Theory]
    [InlineData("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"
    )]
    public void Sha224_OfTheStandard_Matches(string text, string expected) =>
        Assert.Equal(expected, Hex(UsmDigest.Hash(SnmpAuth.Sha224, Encoding.ASCII.GetBytes(text))));

    /// <summary>RFC 4231, 4.2 and 4.7, cut as RFC 7860 says.</summary>
    [Theory]
    [InlineData(20, 0x0B, "Hi There", "896fb1128abbdf196832107cd49df33f")]
    [InlineData(
        131,
        0xAA,
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "95e9a0db962095adaebe9b2d6f0dbce2"
    )]
    public void HmacSha224_OfTheRfc_Matches(int length, byte octet, string text, string expected)
    {
        var key = Enumerable.Repeat(octet, length).ToArray();

        Assert.Equal(expected, Hex(UsmDigest.Sign(SnmpAuth.Sha224, key, Encoding.ASCII.GetBytes(text))));
    }

    /// <summary>NIST SP 800-38A, F.3.13: the IV is put together from boots, time and salt (RFC 3826, 3.1.2.1).</summary>
    [Fact]
    public void Aes_OfTheStandard_Matches()
    {
        var key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
        var plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        var use = new UsmCipherUse(
            SnmpPrivacy.Aes128,
            0x00010203,
            0x04050607,
            Convert.FromHexString("08090a0b0c0d0e0f")
        );

        var encrypted = UsmCipher.Encrypt(use, key, plain);

        Assert.Equal("3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b", Hex(encrypted));
        Assert.Equal(plain, UsmCipher.Decrypt(use, key, encrypted));
        // A stream: what is shorter is the beginning of it.
        Assert.Equal(encrypted[..21], UsmCipher.Encrypt(use, key, plain.AsSpan(0, 21)));
        Assert.Equal(plain[..21], UsmCipher.Decrypt(use, key, encrypted.AsSpan(0, 21)));
    }

    [Theory]
    [InlineData(SnmpAuth.Md5, 12)]
    [InlineData(SnmpAuth.Sha1, 12)]
    [InlineData(SnmpAuth.Sha224, 16)]
    [InlineData(SnmpAuth.Sha256, 24)]
    [InlineData(SnmpAuth.Sha384, 32)]
    [InlineData(SnmpAuth.Sha512, 48)]
    public void Digest_OnTheWire_IsCut(SnmpAuth auth, int length) =>
        Assert.Equal(length, UsmDigest.Sign(auth, new byte[64], "text"u8).Length);

    [Fact]
    public void User_Printed_ShowsNoPassword()
    {
        var user = new SnmpUser("me")
        {
            Auth = SnmpAuth.Md5,
            AuthPassword = "secret-one",
            PrivacyPassword = "secret-two",
        };

        Assert.DoesNotContain("secret", $"{user}", StringComparison.Ordinal);
        Assert.Equal("[::1]:161", $"{new SnmpEndpoint("::1", 161) { Community = "secret" }}");
    }

    private static string Hex(byte[] octets) => Convert.ToHexStringLower(octets);
}
