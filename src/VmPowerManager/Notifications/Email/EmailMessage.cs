using System.Net;
using System.Text;
using MimeKit;
using MimeKit.Text;

namespace VmPowerManager.Notifications.Email;

/// <summary>A notification as a mail: plain text, with simple HTML beside it. Everything from outside is stripped of
/// control characters before it comes near a header.</summary>
internal static class EmailMessage
{
    public const string DeliveryHeader = "X-VmPowerManager-Delivery";
    private const int LongestSubject = 200;

    public static MimeMessage Compose(EmailSettings settings, Notification what, DateTimeOffset now)
    {
        var from = MailboxAddress.Parse(settings.From);
        var message = new MimeMessage
        {
            Subject = OneLine(what.Title),
            Date = now,
            // The same in every try, so that a server or a reader can drop what it has seen.
            MessageId = $"{what.Key}@{Domain(from)}",
            Body = new MultipartAlternative(
                new TextPart(TextFormat.Plain) { Text = what.Text() },
                new TextPart(TextFormat.Html) { Text = Html(what) }
            ),
        };
        message.From.Add(from);
        message.To.AddRange(settings.To.Select(MailboxAddress.Parse));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add(DeliveryHeader, what.Key);
        if (what.Severity == "critical")
            message.Importance = MessageImportance.High;
        return message;
    }

    /// <summary>Text for one header line.</summary>
    public static string OneLine(string text)
    {
        var clean = new string([.. text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]);
        return clean.Length <= LongestSubject ? clean : clean[..(LongestSubject - 1)] + "…";
    }

    private static string Domain(MailboxAddress from) =>
        from.Domain is { Length: > 0 } domain && domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? domain
            : "vm-power-manager.invalid";

    private static string Html(Notification what)
    {
        var html = new StringBuilder();
        html.Append("<html><body style=\"font-family:sans-serif\"><h3>")
            .Append(Encode(what.Title))
            .Append("</h3><p>")
            .Append(Encode(what.Message))
            .Append("</p><table cellpadding=\"3\">");
        foreach (var fact in what.Facts)
            html.Append("<tr><th align=\"left\">")
                .Append(Encode(fact.Name))
                .Append("</th><td>")
                .Append(Encode(fact.Value))
                .Append("</td></tr>");
        html.Append("</table>");
        if (what.Link is { } link)
            html.Append("<p><a href=\"").Append(Encode(link)).Append("\">").Append(Encode(link)).Append("</a></p>");
        return html.Append("</body></html>").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
