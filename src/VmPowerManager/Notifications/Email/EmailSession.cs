using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace VmPowerManager.Notifications.Email;

/// <summary>One conversation with a mail server. Whoever of the recipients it takes gets the mail; those whom it does
/// not are named, and come back in the next try when it said "later".</summary>
internal sealed class EmailSession(EmailSettings settings, string? password) : IDisposable
{
    private const char Between = ' ';
    private readonly CertificatePin _pin = new(settings.CertificateFingerprint);
    private readonly Client _client = new() { CheckCertificateRevocation = false };

    /// <param name="progress">Recipients of earlier tries who need nothing more, as a <see cref="DeliveryException"/>
    /// told them.</param>
    /// <exception cref="DeliveryException">Not everybody was reached who may yet be.</exception>
    public async Task<string> SendAsync(MimeMessage message, string? progress, CancellationToken ct)
    {
        var done = (progress ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries);
        var to = message.To.Mailboxes.Where(m => !done.Contains(m.Address)).ToList();
        if (to.Count == 0)
            return "Everybody else who is to get it has got it.";
        try
        {
            await ConnectAsync(ct);
            // Not null: Compose set it.
            var sender = message.From.Mailboxes.First();
            var answer = await _client.SendAsync(message, sender, to, ct);
            await LeaveAsync(ct);
            return Conclude(answer, [.. done, .. to.Select(m => m.Address)]);
        }
        catch (Exception e) when (Explain(e) is { } explained)
        {
            throw explained;
        }
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        _client.ServerCertificateValidationCallback = (_, certificate, _, errors) => _pin.Accept(certificate, errors);
        await _client.ConnectAsync(settings.Host, settings.Port ?? 0, Options(settings.Security), ct);
        if (settings.UserName is { } user)
            await _client.AuthenticateAsync(user, password ?? "", ct);
    }

    /// <summary>The mail is with the server: what its goodbye does is of no interest.</summary>
    private async Task LeaveAsync(CancellationToken ct)
    {
        try
        {
            await _client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e)
            when (e is IOException or SocketException or ProtocolException or OperationCanceledException)
        {
            // Taken is taken.
        }
    }

    private string Conclude(string answer, IEnumerable<string> reached)
    {
        var words = answer.Trim();
        if (_client.Refused.Count == 0)
            return words;
        var refused = string.Join("; ", _client.Refused.Select(r => $"{r.Address}: {r.Words}"));
        var later = _client.Refused.Where(r => r.Later).Select(r => r.Address).ToHashSet();
        if (later.Count == 0)
            return $"{words} But not for {refused}";
        throw new DeliveryException($"Not for everybody yet: {refused}")
        {
            MessageOnly = true,
            Progress = string.Join(Between, reached.Where(a => !later.Contains(a))),
        };
    }

    private DeliveryException? Explain(Exception e) =>
        e switch
        {
            DeliveryException or OperationCanceledException => null,
            SslHandshakeException => new($"TLS failed: {_pin.Refusal ?? Last(e)}", e),
            AuthenticationException => new($"The server refuses the user or the password: {e.Message}", e),
            SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } refused => NobodyTaken(refused),
            SmtpCommandException { ErrorCode: SmtpErrorCode.MessageNotAccepted } refused => new(Words(refused), e)
            {
                MessageOnly = true,
                Permanent = (int)refused.StatusCode >= 500,
            },
            SmtpCommandException refused => new(Words(refused), e),
            NotSupportedException => new($"The server does not offer what is asked for: {e.Message}", e),
            SocketException => new($"{settings.Host} port {settings.Port}: {e.Message}", e),
            ProtocolException or IOException => new(Last(e), e),
            _ => null,
        };

    private DeliveryException NobodyTaken(SmtpCommandException e) =>
        new(string.Join("; ", _client.Refused.Select(r => $"{r.Address}: {r.Words}")), e)
        {
            MessageOnly = true,
            Permanent = _client.Refused.All(r => !r.Later),
        };

    private static string Words(SmtpCommandException e) => $"{(int)e.StatusCode} {e.Message}";

    private static string Last(Exception e) => e.GetBaseException().Message;

    private static SecureSocketOptions Options(EmailSecurity security) =>
        security switch
        {
            EmailSecurity.StartTls => SecureSocketOptions.StartTls,
            EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.None,
        };

    public void Dispose() => _client.Dispose();

    private sealed record Refusal(string Address, string Words, bool Later);

    /// <summary>Goes on where a recipient is refused.</summary>
    private sealed class Client : SmtpClient
    {
        public List<Refusal> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(
            MimeMessage message,
            MailboxAddress mailbox,
            SmtpResponse response
        )
        {
            var code = (int)response.StatusCode;
            Refused.Add(new(mailbox.Address, $"{code} {response.Response}", Later: code is >= 400 and < 500));
        }

        protected override void OnNoRecipientsAccepted(MimeMessage message) =>
            throw new SmtpCommandException(
                SmtpErrorCode.RecipientNotAccepted,
                SmtpStatusCode.MailboxUnavailable,
                "No recipient was accepted."
            );
    }
}
