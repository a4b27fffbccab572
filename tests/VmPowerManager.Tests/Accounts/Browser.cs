using System.Net;
using System.Text.RegularExpressions;

namespace VmPowerManager.Tests.Accounts;

/// <summary>A browser without script: keeps cookies, fills in forms with all that stands hidden in them, follows no redirect.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _client;

    public Browser(RunningApp app, string? forwardedProto = null)
    {
        // UseCookies off would hide what the server sets.
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
        {
            BaseAddress = app.Client.BaseAddress,
        };
        if (forwardedProto is not null)
            _client.DefaultRequestHeaders.Add("X-Forwarded-Proto", forwardedProto);
    }

    public CookieContainer Cookies { get; } = new();

    public string? Session => Cookies.GetAllCookies()["vmpm-session"]?.Value;

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    public async Task<string> TextAsync(string path) => await (await GetAsync(path)).Content.ReadAsStringAsync();

    /// <summary>Opens the page and posts its form.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        await SendAsync(path, await TextAsync(path), fields);

    /// <summary>Posts the form of a page that is open already.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string path,
        string page,
        params (string Name, string Value)[] fields
    )
    {
        var all = new Dictionary<string, string>();
        foreach (Match hidden in Hidden().Matches(page))
            all[hidden.Groups[1].Value] = WebUtility.HtmlDecode(hidden.Groups[2].Value);
        foreach (var (name, value) in fields)
            all[name] = value;
        using var form = new FormUrlEncodedContent(all);
        return await _client.PostAsync(path, form);
    }

    public Task<HttpResponseMessage> SignInAsync(
        string path = "/sign-in",
        string email = RunningApp.Email,
        string password = RunningApp.Password,
        bool stay = false
    ) =>
        PostAsync(
            path,
            [
                ("Sent.Email", email),
                ("Sent.Password", password),
                .. stay ? [("Sent.Stay", "true")] : Array.Empty<(string, string)>(),
            ]
        );

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}

internal static class BrowserAnswers
{
    /// <summary>Where a redirect leads on our own host; fails on another host.</summary>
    public static string Target(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var to = answer.Headers.Location!; // a redirect has one
        if (!to.IsAbsoluteUri)
            return to.OriginalString;
        Assert.Equal(answer.RequestMessage!.RequestUri!.Authority, to.Authority); // sent, so there is one
        return to.PathAndQuery;
    }
}
