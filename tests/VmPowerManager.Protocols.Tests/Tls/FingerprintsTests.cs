using System.Security.Cryptography;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Tests.Tls;

public sealed class FingerprintsTests
{
    private static readonly byte[] Der = [1, 2, 3];

    [Fact]
    public void Of_Bytes_IsWrittenAsHostKeysAre()
    {
        var text = Fingerprints.Of(Der);

        Assert.Matches("^SHA256:[A-Za-z0-9+/]{43}$", text);
        Assert.Equal(SHA256.HashData(Der), Convert.FromBase64String(text["SHA256:".Length..] + "="));
    }

    [Fact]
    public void Same_OtherWaysToWriteIt_AreRead()
    {
        var ours = Fingerprints.Of(Der);
        var digits = Convert.ToHexString(SHA256.HashData(Der));
        string[] ways =
        [
            digits,
            string.Join(':', digits.Chunk(2).Select(c => new string(c))),
            $"SHA256:{digits}",
            Convert.ToHexStringLower(SHA256.HashData(Der)),
            $" {ours}= ",
            ours["SHA256:".Length..],
        ];

        Assert.All(ways, way => Assert.True(Fingerprints.Same(ours, way), way));
        Assert.All(ways, way => Assert.Equal(ours, Fingerprints.Normal(way)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("SHA256:")]
    [InlineData("SHA256:AAAA")]
    [InlineData("SHA256:!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("MD5:00112233445566778899aabbccddeeff")]
    public void Same_WhatIsNoFingerprint_EqualsNothing(string? text)
    {
        Assert.Null(Fingerprints.Normal(text));
        Assert.False(Fingerprints.Same(text, text));
        Assert.False(Fingerprints.Same(text, Fingerprints.Of(Der)));
    }
}
