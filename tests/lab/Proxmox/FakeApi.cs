using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>The API at one node's door. What is asked of another node, it passes on.</summary>
public sealed partial class FakeApi(FakeCluster cluster, string local)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        cluster.Count();
        if (Concerns(cluster.Faults.Hangs, path))
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        object? data = null;
        FakeRefusalException? refusal = null;
        try
        {
            data = await HandleAsync(context.Request, path);
        }
        catch (FakeRefusalException e)
        {
            refusal = e;
        }
        if (Concerns(cluster.Faults.BreaksAfter, path))
        {
            context.Abort();
            return;
        }
        await WriteAsync(context, path, data, refusal);
    }

    private async Task WriteAsync(HttpContext context, string path, object? data, FakeRefusalException? refusal)
    {
        context.Response.StatusCode = refusal?.Status ?? 200;
        // Much of what went wrong is told here and nowhere else.
        if (refusal is not null)
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = refusal.Message;
        context.Response.ContentType = "application/json;charset=UTF-8";
        if (refusal is null && cluster.Faults.Says is { } said && Concerns(said.Path, path))
        {
            await context.Response.Body.WriteAsync(said.Body);
            return;
        }
        var body = new Dictionary<string, object?> { ["data"] = data };
        if (refusal?.Errors is { } errors)
            body["errors"] = errors;
        await context.Response.WriteAsync(JsonSerializer.Serialize(body));
    }

    private async Task<object?> HandleAsync(HttpRequest request, string path)
    {
        if (!path.StartsWith("/api2/json/", StringComparison.Ordinal))
            throw new FakeRefusalException(404, "no such file");
        // Kestrel has decoded the path, colons of task names included.
        var parts = path["/api2/json/".Length..].Split('/');
        var fields = await FieldsAsync(request);
        if (request.Method == "POST" && parts is ["access", "ticket"])
            return cluster.Accounts.LogIn(fields["username"], fields["password"]);
        var who = cluster.Accounts.Who(request);
        var asked = new Asked(request.Method, parts, fields, who);
        return parts[0] switch
        {
            "version" => new
            {
                version = cluster.Version,
                release = cluster.Version[..3],
                repoid = "stand-in",
            },
            "access" when parts is ["access", "permissions"] => Permissions(asked),
            "nodes" when parts.Length == 1 => cluster.Nodes.Select(n => new
            {
                node = n.Name,
                type = "node",
                status = n.Online ? "online" : "offline",
            }),
            "nodes" => OfNode(asked),
            "cluster" => OfCluster(asked),
            _ => throw asked.Unknown(),
        };
    }

    private static Dictionary<string, Dictionary<string, int>> Permissions(Asked asked)
    {
        string[] paths = asked.Fields.TryGetValue("path", out var one)
            ? [one]
            : ["/", "/access", "/nodes", "/pool", "/storage", "/vms", .. asked.Who.Paths];
        return paths
            .Distinct()
            .ToDictionary(
                p => p,
                p =>
                    FakeRights
                        .All.Where(privilege => asked.Who.May(p, privilege))
                        .ToDictionary(v => v, v => asked.Who.Passes(p, v) ? 1 : 0)
            )
            // Where one may nothing at all, the list is silent; asked for by itself, it is told.
            .Where(p => p.Value.Count > 0 || asked.Fields.ContainsKey("path"))
            .ToDictionary();
    }

    private void NeedsQuorum(string words)
    {
        if (!cluster.Quorate)
            throw new FakeRefusalException(500, words);
    }

    private bool IsOlderThan(string version) => Version.Parse(cluster.Version) < Version.Parse(version);

    private static bool Concerns(string? fault, string path) =>
        fault is not null && path.Contains(fault, StringComparison.Ordinal);

    private static async Task<IReadOnlyDictionary<string, string>> FieldsAsync(HttpRequest request)
    {
        var fields = request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        if (request.HasFormContentType)
            foreach (var (name, value) in await request.ReadFormAsync())
                fields[name] = value.ToString();
        return fields;
    }

    /// <summary>A request that came in.</summary>
    private sealed record Asked(
        string Method,
        string[] Parts,
        IReadOnlyDictionary<string, string> Fields,
        FakeAccount Who
    )
    {
        public FakeRefusalException Unknown() =>
            new(501, $"Method '{Method} /{string.Join('/', Parts)}' not implemented");

        public void Needs(string path, string privilege)
        {
            if (!Who.May(path, privilege))
                throw new FakeRefusalException(403, $"Permission check failed ({path}, {privilege})");
        }

        /// <summary>Other parameters are errors, each by its name.</summary>
        public void Takes(params string[] known)
        {
            var strange = Fields.Keys.Except(known).ToList();
            if (strange.Count > 0)
                throw new FakeRefusalException(
                    400,
                    "Parameter verification failed.",
                    strange.ToDictionary(
                        s => s,
                        _ => "property is not defined in schema and the schema does not allow additional properties"
                    )
                );
        }

        public double Seconds(string name, double otherwise) =>
            Fields.TryGetValue(name, out var given) ? double.Parse(given, CultureInfo.InvariantCulture) : otherwise;

        public bool Says(string name) => Fields.GetValueOrDefault(name) == "1";
    }
}
