using System.Text;

namespace VmPowerManager.Protocols.Tests;

public sealed class PeerWordsTests
{
    [Theory]
    [InlineData("Cannot POST /hooks/s3cret-word", "Cannot POST /hooks/…")]
    [InlineData("you sent S3CRET-WORD, no", "you sent …, no")]
    [InlineData("password=s3cret-word%2Bsign&user=x", "password=…&user=x")]
    [InlineData("nothing of it", "nothing of it")]
    public void Secret_IsTakenOut(string words, string told) =>
        Assert.Equal(told, PeerWords.Without(words, ["s3cret-word", "s3cret-word+sign"]));

    [Fact]
    public void BasicHeader_IsTakenOut()
    {
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes("root:s3cret-word"));

        Assert.Equal(
            "Authorization: Basic …, other=aGVsbG8gd29ybGQ=",
            PeerWords.Without($"Authorization: Basic {header}, other=aGVsbG8gd29ybGQ=", ["s3cret-word"])
        );
    }

    [Fact]
    public void LinesOfAKey_AreTakenOut()
    {
        const string key = "-----BEGIN KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END KEY-----\n";

        Assert.Equal("bad line … here", PeerWords.Without("bad line b3BlbnNzaC1rZXktdjEAAAAA here", [key]));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    public void ShorterThanAWord_StaysAsItIs(string secret) =>
        Assert.Equal("abc is abc", PeerWords.Without("abc is abc", [secret]));
}
