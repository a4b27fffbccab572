namespace VmPowerManager.Hosts.Pages;

/// <summary>The block <c>https</c> in a form.</summary>
public sealed class HttpsEntry
{
    private readonly Approval _approval = new();

    public HttpsView? Saved { get; init; }
    public string BaseUrl { get; set; } = "";
    public string UserName { get; set; } = "";
    public string? Password { get; set; }
    public string TokenId { get; set; } = "";
    public string? TokenSecret { get; set; }

    /// <summary>Of a host behind a vCenter.</summary>
    public string HostName { get; set; } = "";

    /// <summary>By a token; the other way's fields are not sent.</summary>
    public bool ByToken { get; set; }

    private HttpsSettings Now =>
        new()
        {
            BaseUrl = BaseUrl.Trim(),
            UserName = ByToken ? null : Text(UserName),
            TokenId = ByToken ? Text(TokenId) : null,
        };

    private HttpsSettings? Before =>
        Saved is null
            ? null
            : new()
            {
                BaseUrl = Saved.BaseUrl,
                UserName = Saved.UserName,
                TokenId = Saved.TokenId,
            };

    /// <summary>Saved secrets are those of this server and account; another one is asked for them again (DESIGN 4).</summary>
    public bool SameAddress => Now.SameAddress(Before);

    /// <summary>The certificate that was approved just now for this very address.</summary>
    public string? Approved => _approval.For(BaseUrl.Trim());

    /// <summary>The only certificate that is accepted: just approved, or pinned before.</summary>
    public string? Trusted => Approved ?? (Now.SameServer(Before) ? Saved?.CertificateFingerprint : null);

    public void Approve(string fingerprint) => _approval.Give(fingerprint, BaseUrl.Trim());

    public static HttpsEntry Of(HttpsView? saved) =>
        saved is null
            ? new()
            : new()
            {
                Saved = saved,
                BaseUrl = saved.BaseUrl,
                UserName = saved.UserName ?? "",
                TokenId = saved.TokenId ?? "",
                HostName = saved.HostName ?? "",
                ByToken = saved.TokenId is not null,
            };

    public HttpsBlock ToBlock()
    {
        var block = new HttpsBlock
        {
            BaseUrl = BaseUrl,
            UserName = ByToken ? null : UserName,
            Password = ByToken ? "" : Password,
            TokenId = ByToken ? TokenId : null,
            TokenSecret = ByToken ? TokenSecret : "",
            HostName = HostName,
        };
        return Approved is { } approved ? block with { CertificateFingerprint = approved } : block;
    }

    /// <summary>As the block <c>direct</c>.</summary>
    public DirectBlock ToDirectBlock()
    {
        var block = new DirectBlock
        {
            BaseUrl = BaseUrl,
            UserName = UserName,
            Password = Password,
        };
        return Approved is { } approved ? block with { CertificateFingerprint = approved } : block;
    }

    private static string? Text(string typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}

/// <summary>The block <c>winrm</c> in a form.</summary>
public sealed class WinrmEntry
{
    private readonly Approval _approval = new();

    public WinrmView? Saved { get; init; }
    public string Host { get; set; } = "";

    /// <summary>Null: what TLS, or its absence, makes of it.</summary>
    public int? Port { get; set; }
    public bool UseTls { get; set; } = true;
    public string UserName { get; set; } = "";
    public string? Password { get; set; }
    public WinrmAuthentication Authentication { get; set; } = WinrmAuthentication.Ntlm;

    private (string Host, int Port, bool UseTls) At =>
        (Host.Trim().ToLowerInvariant(), Port ?? (UseTls ? 5986 : 5985), UseTls);

    private (string, int, bool)? Before =>
        Saved is null ? null : (Saved.Host.ToLowerInvariant(), Saved.Port, Saved.UseTls);

    /// <inheritdoc cref="HttpsEntry.SameAddress"/>
    public bool SameAddress => At == Before && Saved?.UserName == UserName.Trim();

    /// <inheritdoc cref="HttpsEntry.Approved"/>
    public string? Approved => _approval.For(At);

    /// <inheritdoc cref="HttpsEntry.Trusted"/>
    public string? Trusted => Approved ?? (At == Before ? Saved?.CertificateFingerprint : null);

    public void Approve(string fingerprint) => _approval.Give(fingerprint, At);

    public static WinrmEntry Of(WinrmView? saved) =>
        saved is null
            ? new()
            : new()
            {
                Saved = saved,
                Host = saved.Host,
                Port = saved.Port,
                UseTls = saved.UseTls,
                UserName = saved.UserName,
                Authentication = saved.Authentication,
            };

    public WinrmBlock ToBlock()
    {
        var block = new WinrmBlock
        {
            Host = Host,
            Port = Port,
            UseTls = UseTls,
            UserName = UserName,
            Password = Password,
            Authentication = Authentication,
        };
        return Approved is { } approved ? block with { CertificateFingerprint = approved } : block;
    }
}
