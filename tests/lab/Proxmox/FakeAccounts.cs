using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>Says no, with a status and the words of the status line.</summary>
public sealed class FakeRefusalException(int status, string reason, Dictionary<string, string>? errors = null)
    : Exception(reason)
{
    public int Status => status;
    public Dictionary<string, string>? Errors => errors;
}

/// <summary>Rights by path. They pass downwards unless told otherwise; the nearest path that has any decides.</summary>
public sealed class FakeRights
{
    private readonly ConcurrentDictionary<string, (HashSet<string> Privileges, bool Propagates)> _acl = new();

    /// <summary>What the docs tell to grant, and what disarming and Ceph need besides.</summary>
    public static readonly string[] All =
    [
        "VM.Audit",
        "VM.PowerMgmt",
        "VM.GuestAgent.Audit",
        "VM.Monitor",
        "VM.Config.Disk",
        "Datastore.AllocateSpace",
        "Sys.Audit",
        "Sys.PowerMgmt",
        "Sys.Console",
        "Sys.Modify",
    ];

    public FakeRights Grant(string path, bool propagates, params string[] privileges)
    {
        _acl[path] = ([.. privileges], propagates);
        return this;
    }

    public bool Has(string path, string privilege)
    {
        for (var at = path; ; at = at.LastIndexOf('/') is > 0 and var slash ? at[..slash] : "/")
        {
            if (_acl.TryGetValue(at, out var entry) && (entry.Propagates || at == path))
                return entry.Privileges.Contains(privilege);
            if (at == "/")
                return false;
        }
    }

    /// <summary>Also below <paramref name="path"/>, where there are no other rules.</summary>
    public bool Passes(string path, string privilege) =>
        Has(path, privilege) && !(_acl.TryGetValue(path, out var own) && !own.Propagates);

    public IEnumerable<string> Paths => _acl.Keys;
}

/// <summary>A user, or a token of one.</summary>
public sealed class FakeAccount
{
    public required string Id { get; init; }
    public required string Secret { get; set; }
    public FakeRights Rights { get; init; } = new FakeRights().Grant("/", true, FakeRights.All);

    /// <summary>Of a token: its user. It may never more than that one.</summary>
    public FakeAccount? User { get; init; }

    /// <summary>Of a token: it needs rights of its own.</summary>
    public bool Privsep { get; init; }

    public bool May(string path, string privilege) =>
        User is null ? Rights.Has(path, privilege)
        : Privsep ? Rights.Has(path, privilege) && User.May(path, privilege)
        : User.May(path, privilege);

    public bool Passes(string path, string privilege) =>
        User is null ? Rights.Passes(path, privilege)
        : Privsep ? Rights.Passes(path, privilege) && User.Passes(path, privilege)
        : User.Passes(path, privilege);

    public IEnumerable<string> Paths => User is null || Privsep ? Rights.Paths : User.Paths;
}

/// <summary>Who may come in, by token or by ticket.</summary>
public sealed class FakeAccounts(string product = "PVE", char divides = '=')
{
    private readonly ConcurrentDictionary<string, FakeAccount> _tickets = new();

    /// <summary>By id: <c>user@realm</c> and <c>user@realm!token</c>.</summary>
    public ConcurrentDictionary<string, FakeAccount> Known { get; } = new();

    public FakeAccount Add(FakeAccount account) => Known[account.Id] = account;

    /// <summary>All tickets that were given out are worth nothing any more.</summary>
    public void ForgetTickets() => _tickets.Clear();

    public object LogIn(string user, string password)
    {
        var known = Known.GetValueOrDefault(user);
        if (known is null || known.User is not null || (known.Secret != password && !_tickets.ContainsKey(password)))
            throw new FakeRefusalException(401, "authentication failure");
        var ticket = $"{product}:{user}:{Guid.NewGuid():N}::c2lnbmF0dXJl+/==";
        _tickets[ticket] = known;
        return new
        {
            username = user,
            ticket,
            CSRFPreventionToken = Csrf(ticket),
        };
    }

    public FakeAccount Who(HttpRequest request)
    {
        var given = request.Headers.Authorization.ToString();
        var scheme = $"{product}APIToken=";
        if (given.StartsWith(scheme, StringComparison.Ordinal))
            return ByToken(given[scheme.Length..]);
        // Clients disagree on whether a cookie's value is encoded or quoted.
        var cookie = WebUtility.UrlDecode(request.Cookies[$"{product}AuthCookie"]?.Trim('"').Replace("+", "%2B"));
        if (string.IsNullOrEmpty(cookie))
            throw new FakeRefusalException(401, "No ticket");
        if (!_tickets.TryGetValue(cookie, out var known))
            throw new FakeRefusalException(401, $"permission denied - invalid {product} ticket");
        if (request.Method != "GET" && request.Headers["CSRFPreventionToken"] != Csrf(cookie))
            throw new FakeRefusalException(401, "Permission denied - invalid csrf token");
        return known;
    }

    private FakeAccount ByToken(string given)
    {
        var at = given.IndexOf(divides, given.IndexOf('!') + 1);
        if (at < 0 || !Known.TryGetValue(given[..at], out var token) || token.User is null)
            throw new FakeRefusalException(
                401,
                $"no such token '{(at < 0 ? "" : given[(given.IndexOf('!') + 1)..at])}'"
            );
        return token.Secret == given[(at + 1)..] ? token : throw new FakeRefusalException(401, "invalid token value!");
    }

    private static string Csrf(string ticket) => $"csrf-of-{ticket.Split(':')[2]}";
}
