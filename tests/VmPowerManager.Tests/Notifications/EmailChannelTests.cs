using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Lab;
using VmPowerManager.Notifications;
using VmPowerManager.Notifications.Email;

namespace VmPowerManager.Tests.Notifications;

/// <summary>Against a real Postfix that wants STARTTLS and AUTH.</summary>
public sealed class EmailChannelTests(SmtpLab lab)
{
    private readonly string _key = $"test-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("startTls")]
    [InlineData("tls")]
    public async Task Mail_ToAPinnedServer_Arrives(string security)
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(security: security);
        Assert.True(outcome.Delivered, outcome.Words);
        Assert.Contains("queued as", outcome.Words, StringComparison.Ordinal);
        var mail = await ArrivedAsync();
        Assert.Contains($"Message-Id: <{_key}@lab.test>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: title of", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OfNobodyKnown_IsRefused_AndItsFingerprintTold()
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(fingerprint: null);
        Assert.False(outcome.Delivered);
        Assert.Contains("not trusted", outcome.Words, StringComparison.Ordinal);
        var told = outcome.Words.Replace(":", "", StringComparison.Ordinal);
        Assert.Contains(lab.Fingerprint, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OtherThanThePinned_IsRefused()
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(fingerprint: new string('a', 64));
        Assert.False(outcome.Delivered);
        Assert.Contains("another one than the pinned", outcome.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData(null)]
    public async Task Password_Wrong_IsToldInTheServersWords_AndTriedAgain(string? password)
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(password: password);
        Assert.False(outcome.Delivered);
        Assert.False(outcome.Permanent);
        Assert.Contains("authentication failed", outcome.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipient_Unknown_IsGivenUp()
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(to: ["reject@lab.test"]);
        Assert.True(outcome is { Delivered: false, Permanent: true }, outcome.Words);
        Assert.Contains("550", outcome.Words, StringComparison.Ordinal);
        Assert.Contains("no such user", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneOfTwoRecipients_Unknown_TheOtherGetsIt()
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(to: ["ops@lab.test", "reject@lab.test"]);
        Assert.True(outcome.Delivered, outcome.Words);
        Assert.Contains("But not for reject@lab.test", outcome.Words, StringComparison.Ordinal);
        await ArrivedAsync();
    }

    [Fact]
    public async Task OneOfTwoRecipients_Later_OnlyThatOneIsTriedAgain()
    {
        await lab.RequireAsync();
        var outcome = await SendAsync(to: ["ops@lab.test", "later@lab.test"]);
        Assert.True(outcome is { Delivered: false, Permanent: false, MessageOnly: true }, outcome.Words);
        Assert.Equal("ops@lab.test", outcome.Progress);
        await ArrivedAsync();
        outcome = await SendAsync(to: ["ops@lab.test", "later@lab.test"], progress: outcome.Progress);
        Assert.Contains("451", outcome.Words, StringComparison.Ordinal);
        Assert.Single(lab.Mails(), m => m.Contains(_key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnlyTheOneWhoWasToGetItLater_IsTakenFromTheList_NobodyIsLeft()
    {
        var outcome = await SendAsync(to: ["ops@lab.test"], progress: "ops@lab.test", port: 9);
        Assert.True(outcome.Delivered, outcome.Words);
    }

    [Fact]
    public async Task Server_Away_IsToldWithItsAddress()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var outcome = await SendAsync(port: port);
        Assert.Contains($"127.0.0.1 port {port}", outcome.Words, StringComparison.Ordinal);
        Assert.Contains("refused", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatOffersNoStartTls_GetsNoMail()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var served = ServePlainAsync(server);
        var outcome = await SendAsync(port: ((IPEndPoint)server.LocalEndpoint).Port);
        Assert.False(outcome.Delivered);
        Assert.Contains("STARTTLS", outcome.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("AUTH", await served, StringComparison.Ordinal);
    }

    /// <summary>A server without TLS; gives what it was told.</summary>
    private static async Task<string> ServePlainAsync(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync("220 plain.test ESMTP\r\n"u8.ToArray());
        var told = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            told += line + "\n";
            var answer = line.StartsWith("EHLO", StringComparison.Ordinal)
                ? "250-plain.test\r\n250 AUTH PLAIN\r\n"
                : "221 bye\r\n";
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
        }
        return told;
    }

    private async Task<SendOutcome> SendAsync(
        string security = "startTls",
        string? fingerprint = "",
        string? password = SmtpLab.Password,
        string[]? to = null,
        string? progress = null,
        int? port = null
    )
    {
        var channel = new EmailChannel(TimeProvider.System);
        var entered = JsonSerializer.SerializeToElement(
            new
            {
                host = "127.0.0.1",
                port = port ?? (security == "tls" ? lab.TlsPort : lab.Port),
                security,
                userName = SmtpLab.User,
                password,
                from = "Power <power@lab.test>",
                to = to ?? ["ops@lab.test"],
                certificateFingerprint = fingerprint is "" ? (port is null ? lab.Fingerprint : null) : fingerprint,
            }
        );
        var block = channel.Parse(entered, (field, message) => Assert.Fail($"{field}: {message}"));
        var secrets = block.Secrets.Where(s => s.Value is not null).ToDictionary(s => s.Key, s => s.Value!);
        var call = new ChannelCall(new ChannelKinds([channel]), TimeProvider.System, NullLogger<ChannelCall>.Instance);
        var what = SenderBench.Of(_key) with { Progress = progress };
        return await call.SendAsync("email", new(block.Settings, secrets), what, CancellationToken.None);
    }

    private async Task<string> ArrivedAsync()
    {
        string? found = null;
        await Soon.BecomesTrueAsync(
            () =>
                Task.FromResult(
                    (found = lab.Mails().FirstOrDefault(m => m.Contains(_key, StringComparison.Ordinal))) is not null
                ),
            "the mail arrives"
        );
        return found!; // not null: the line above waits for it
    }
}
