using VmPowerManager.Events;
using VmPowerManager.Notifications.Email;

namespace VmPowerManager.Tests.Notifications;

public sealed class EmailMessageTests
{
    private static readonly EmailSettings Settings = new()
    {
        Host = "mail.example.org",
        From = "UPS <ups@example.org>",
        To = ["a@example.org", "b@example.org"],
    };

    [Theory]
    [InlineData("x\r\nBcc: evil@example.org")]
    [InlineData("x\nBcc: evil@example.org")]
    [InlineData("x\rBcc: evil@example.org")]
    [InlineData("x\u2028Bcc: evil@example.org")]
    [InlineData("x\0Bcc: evil@example.org\u0085Bcc: evil@example.org")]
    public void Title_WithLineBreaks_MakesNoHeader(string title)
    {
        using var message = EmailMessage.Compose(
            Settings,
            SenderBench.Of("key") with
            {
                Title = title,
            },
            DateTimeOffset.UnixEpoch
        );
        using var written = new MemoryStream();
        message.WriteTo(written, CancellationToken.None);
        written.Position = 0;
        using var read = MimeKit.MimeMessage.Load(written, CancellationToken.None);
        Assert.Empty(read.Bcc);
        Assert.Equal(["a@example.org", "b@example.org"], read.To.Mailboxes.Select(m => m.Address));
    }

    [Fact]
    public void Message_CarriesItsKey_AndSaysThatAProgramWroteIt()
    {
        using var message = EmailMessage.Compose(
            Settings,
            SenderBench.Of("abc-12-3", Severity.Critical),
            DateTimeOffset.UnixEpoch
        );
        Assert.Equal("abc-12-3@example.org", message.MessageId);
        Assert.Equal("abc-12-3", message.Headers["X-VmPowerManager-Delivery"]);
        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
        Assert.Equal(MimeKit.MessageImportance.High, message.Importance);
    }

    [Fact]
    public void Html_OfForeignWords_IsEncoded()
    {
        var what = SenderBench.Of("key") with
        {
            Message = "<script>alert(1)</script>",
            Facts = [new("Status", "<b>&")],
        };
        using var message = EmailMessage.Compose(Settings, what, DateTimeOffset.UnixEpoch);
        Assert.DoesNotContain("<script>", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;&amp;", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("<script>", message.TextBody, StringComparison.Ordinal);
    }
}
