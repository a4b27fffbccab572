using CsCheck;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.Tests.Ssh;

public sealed class RemoteCommandTests
{
    private const string Specials = "'\"\\$`!\n\t;&|*#\ré\u2028";

    private static readonly Gen<string> Nasty = Gen.OneOf(
            Gen.Char[' ', '~'],
            Gen.Int[0, Specials.Length - 1].Select(i => Specials[i])
        )
        .Array[0, 30]
        .Select(c => new string(c));

    [Fact]
    public void Quote_AnyText_IsOneWordToTheRealShell()
    {
        if (!File.Exists("/bin/sh"))
            Assert.Skip("no /bin/sh");
        Nasty
            .Array[1, 40]
            .Sample(
                words =>
                {
                    var line = $"printf '%s\\0' {string.Join(' ', words.Select(PosixShell.Quote))}";
                    var output = SshLab.RunAsync("/bin/sh", "-c", line).GetAwaiter().GetResult();
                    return output.Split('\0').SkipLast(1).SequenceEqual(words);
                },
                iter: 100
            );
    }

    [Fact]
    public void Of_AnyArguments_ArriveUnchangedThroughTwoShells()
    {
        Nasty
            .Where(t => t.IndexOfAny(['\n', '\r']) < 0)
            .Array[0, 20]
            .Sample(
                words =>
                {
                    var line = RemoteCommand.Of("printf", ["%s\\0", "first", .. words]).Text;
                    var output = SshLab.RunAsync("/bin/sh", "-c", line).GetAwaiter().GetResult();
                    return output.Split('\0').Skip(1).SkipLast(1).SequenceEqual(words);
                },
                iter: 100
            );
    }

    [Fact]
    public void Quote_Nul_IsRefused() => Assert.Throws<ArgumentException>(() => PosixShell.Quote("a\0b"));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void Of_WhatNoLineCanCarry_IsRefused(string argument) =>
        Assert.Throws<ArgumentException>(() => RemoteCommand.Of("echo", argument));

    [Fact]
    public void Endpoint_AsText_HoldsNoSecret()
    {
        var text = new SshEndpoint("h", 22, "u", "pw-secret", "key-secret", "phrase-secret").ToString();
        Assert.Equal("u@h:22", text);
    }
}
