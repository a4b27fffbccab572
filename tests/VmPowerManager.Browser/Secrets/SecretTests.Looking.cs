using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using VmPowerManager.Browser.Face;
using VmPowerManager.LabSecrets;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser.Secrets;

/// <summary>Where they are looked for.</summary>
public sealed partial class SecretTests
{
    /// <summary>Whatever the API's own description says may be read, and the stream.</summary>
    private async Task ReadApiAsync(SecretHunt hunt)
    {
        var paths = (await Api.GetAsync("/openapi/v1.json"))["paths"]!.AsObject(); // not null: it has some
        var read = 0;
        foreach (var (path, operations) in paths)
            if (operations?["get"] is not null && !path.EndsWith("/stream", StringComparison.Ordinal))
                foreach (var id in path.Contains('{') ? await IdsAsync(path) : [""])
                {
                    var answer = await Api.SendAsync(HttpMethod.Get, Filled(path, id));
                    hunt.Look(answer.Request, answer.Text);
                    read += answer.Status == HttpStatusCode.OK ? 1 : 0;
                }
        Assert.True(read > 60, $"Only {read} answers were read.");
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        await foreach (var message in Api.MessagesAsync("reading", end.Token))
        {
            hunt.Look("the stream", message.ToJsonString());
            break;
        }
    }

    private async Task LookAtPagesAsync(SecretHunt hunt)
    {
        var visitor = await VisitAsync();
        visitor.Forgive("status of 404"); // of the page that there is not
        var page = "";
        visitor.Page.WebSocket += (_, socket) =>
            socket.FrameReceived += (_, frame) =>
                hunt.Look($"what the browser was sent at {page}", Encoding.Latin1.GetString(frame.Binary ?? []));
        await visitor.SignInAsync();
        foreach (var template in PlantedSecrets.Pages)
        foreach (var id in template.Contains('{') ? await IdsAsync($"/api/v1{template}") : [""])
        {
            page = Filled(template, id);
            await visitor.GoAsync(page);
            await Expect(visitor.Page.Locator(".mud-skeleton")).ToHaveCountAsync(0);
            var edits = template is "/ups/{Id:int}" or "/hosts/{Id:int}" or "/notifications"
                ? await visitor.Button("Edit").CountAsync()
                : 0;
            await LookAsync(visitor, hunt, page);
            for (var i = 0; i < edits; i++)
            {
                await visitor.GoAsync(page);
                await visitor.Button("Edit").Nth(i).ClickAsync();
                await Expect(visitor.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog)).ToBeVisibleAsync();
                await LookAsync(visitor, hunt, $"{page}, edited");
            }
        }
        await visitor.Page.CloseAsync();
    }

    private static async Task LookAsync(Visitor visitor, SecretHunt hunt, string page)
    {
        hunt.Look($"the page {page}", await visitor.Page.ContentAsync());
        var entered = await visitor.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('input, textarea')].map(i => i.value)"
        );
        hunt.Look($"the fields of {page}", string.Join('\n', entered));
    }

    /// <summary>Of the collection that the first part of a path names.</summary>
    private async Task<IReadOnlyList<string>> IdsAsync(string path)
    {
        var collection = path.Split('/')[3];
        var all = await Api.SendAsync(HttpMethod.Get, collection);
        return
        [
            .. (all.Body?["items"] as JsonArray ?? [])
                .Select(i => i?["id"]?.ToString() ?? i?["planId"]?.ToString() ?? "1")
                .DefaultIfEmpty("1")
                .Take(12),
        ];
    }

    private static string Filled(string path, string id)
    {
        var at = path.IndexOf('{');
        return at < 0 ? path : Filled(path[..at] + id + path[(path.IndexOf('}') + 1)..], id);
    }

    private static async Task<string> BytesAsync(string file) =>
        Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));

    private static string Text(JsonNode node, string name) =>
        (string?)node[name] ?? throw new InvalidOperationException($"no {name}");
}
