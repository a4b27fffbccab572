using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>A stand-in for Proxmox Backup Server, as far as its power goes.</summary>
public sealed class FakeBackupServer : IAsyncDisposable
{
    public const string TokenId = "power@pbs!manager";
    public const string Secret = "0e8f63a5-93a1-4b55-8b0b-0f6d2a0e7d11";

    public FakeBackupServer()
    {
        Door = new HttpsDoor(AnswerAsync);
        var rights = new FakeRights().Grant("/system", true, "Sys.Audit", "Sys.PowerManagement");
        var user = Accounts.Add(
            new FakeAccount
            {
                Id = "power@pbs",
                Secret = "pbs-Secret",
                Rights = rights,
            }
        );
        // Tokens of a backup server always need rights of their own.
        Token = Accounts.Add(
            new FakeAccount
            {
                Id = TokenId,
                Secret = Secret,
                User = user,
                Rights = rights,
                Privsep = true,
            }
        );
    }

    public HttpsDoor Door { get; }
    public FakeAccounts Accounts { get; } = new("PBS", ':');
    public FakeAccount Token { get; }
    public List<string> Commands { get; } = [];
    public int Requests => _requests;

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    private int _requests;

    public async ValueTask DisposeAsync() => await Door.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        try
        {
            var path = context.Request.Path.Value ?? "";
            var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
            var data = (context.Request.Method, path) switch
            {
                ("POST", "/api2/json/access/ticket") => Accounts.LogIn(
                    form?["username"].ToString() ?? "",
                    form?["password"].ToString() ?? ""
                ),
                _ => Handle(context.Request, path, form?["command"].ToString()),
            };
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { data }));
        }
        // Unlike the other product, it says what is wrong in the body alone, as text.
        catch (FakeRefusalException e)
        {
            context.Response.StatusCode = e.Status;
            await context.Response.WriteAsync(e.Message);
        }
    }

    private object? Handle(HttpRequest request, string path, string? command)
    {
        var who = Accounts.Who(request);
        object? data = null;
        switch (request.Method, path)
        {
            case ("GET", "/api2/json/version"):
                data = new
                {
                    version = "4.0",
                    release = "14",
                    repoid = "stand-in",
                };
                break;
            case ("GET", "/api2/json/access/permissions"):
                data = who.Paths.ToDictionary(
                    p => p,
                    p =>
                        new[] { "Sys.Audit", "Sys.PowerManagement" }
                            .Where(v => who.May(p, v))
                            .ToDictionary(v => v, _ => true)
                );
                break;
            case ("GET", "/api2/json/nodes/localhost/time"):
                var now = (TimeProvider.System.GetUtcNow() + ClockAhead).ToUnixTimeSeconds();
                data = new
                {
                    time = now,
                    localtime = now,
                    timezone = "UTC",
                };
                break;
            case ("POST", "/api2/json/nodes/localhost/status"):
                if (!who.May("/system/status", "Sys.PowerManagement"))
                    throw new FakeRefusalException(403, "permission check failed");
                lock (Commands)
                    Commands.Add(command ?? "");
                _ = Task.Run(async () =>
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
                    await Door.ShutAsync();
                });
                break;
            default:
                throw new FakeRefusalException(404, "Path not found.");
        }
        return data;
    }
}
