using CsCheck;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

public sealed class NutTextTests
{
    [Theory]
    [InlineData("OK", "OK")]
    [InlineData("VAR ups1 ups.status \"OL CHRG\"", "VAR|ups1|ups.status|OL CHRG")]
    [InlineData("  VAR\tups1  x \"\"  ", "VAR|ups1|x|")]
    [InlineData("VAR u x \"say \\\"hi\\\" to C:\\\\\"", "VAR|u|x|say \"hi\" to C:\\")]
    [InlineData("UPS a \"Büro, 2. Stock\"", "UPS|a|Büro, 2. Stock")]
    [InlineData("a\"b\"c", "a|b|c")]
    [InlineData("a\\ b", "a b")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    public void Split_Line_GivesWords(string line, string words) =>
        Assert.Equal(words.Length == 0 ? [] : words.Split('|'), NutText.Split(line));

    [Theory]
    [InlineData("VAR u x \"open")]
    [InlineData("VAR u x \"open\\\"")]
    [InlineData("VAR u x \"open\\")]
    [InlineData("VAR u x\\")]
    public void Split_UnclosedQuote_IsProtocolError(string line)
    {
        var failure = Assert.Throws<DeviceException>(() => NutText.Split(line));

        Assert.Equal(DeviceFault.ProtocolError, failure.Fault);
    }

    [Theory]
    [InlineData("ups1", "ups1")]
    [InlineData("OB LB", "\"OB LB\"")]
    [InlineData("p\"a\\s", "\"p\\\"a\\\\s\"")]
    [InlineData("", "\"\"")]
    public void Word_Value_IsQuotedWhenItMustBe(string value, string word) => Assert.Equal(word, NutText.Word(value));

    [Theory]
    [InlineData("a\nFSD ups1")]
    [InlineData("a\r")]
    [InlineData("a\0")]
    public void Word_WithControlCharacter_IsRefused(string value) =>
        Assert.Throws<ArgumentException>(() => NutText.Word(value));

    [Fact]
    public void Word_ThenSplit_GivesTheSameWords() =>
        Gen.String[Gen.Char[' ', '~'], 0, 40]
            .Array[1, 6]
            .Sample(words => NutText.Split(string.Join(' ', words.Select(NutText.Word))).SequenceEqual(words));

    [Fact]
    public void Shown_LongAndUnprintable_IsShortAndPrintable()
    {
        var shown = NutText.Shown(new string('\a', 50_000));

        Assert.True(shown.Length < 1000);
        Assert.DoesNotContain('\a', shown);
    }
}
