using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Notifications;
using VmPowerManager.Notifications.Email;
using VmPowerManager.Notifications.Pages;
using VmPowerManager.Notifications.Webhook;

namespace VmPowerManager.Tests.Notifications;

public sealed class ChannelDraftTests
{
    private readonly EmailChannel _email = new(TimeProvider.System);
    private readonly WebhookChannel _webhook = new(TimeProvider.System);

    [Fact]
    public void NewMail_AsEntered_IsAGoodBody()
    {
        var draft = new ChannelDraft { Name = "mail" };
        draft.Choose(_email);
        draft.Values["host"] = " mail.example.org ";
        draft.Values["from"] = "a@example.org";
        draft.Values["to"] = "b@example.org\n\n c@example.org ";
        draft.Values["password"] = "s";
        var block = _email.Parse(draft.Body(_email).GetProperty("email"), Wrong);
        Assert.Equal("s", block.Secrets["password"]);
        Assert.Equal("""["b@example.org","c@example.org"]""", block.Settings.GetProperty("to").GetRawText());
        Assert.Equal(587, block.Settings.GetProperty("port").GetInt32());
    }

    [Fact]
    public void StoredSecret_IsKept_RemovedOrReplaced()
    {
        var draft = Stored(_email, """{"host":"m","port":25,"to":["a@b.c"],"hasPassword":true}""");
        Assert.Contains("password", draft.Stored);
        Assert.Equal(JsonValueKind.Null, Secret(draft).ValueKind);
        draft.Values["password"] = "new";
        Assert.Equal("new", Secret(draft).GetString());
        draft.Removed.Add("password");
        Assert.Equal("", Secret(draft).GetString());
    }

    [Fact]
    public void Headers_KeepTheirValuesByName_AndEmptyRowsGo()
    {
        var draft = Stored(_webhook, """{"url":"http://h","headers":[{"name":"A","hasValue":true}]}""");
        draft.Pairs["headers"].Add(new ChannelPair { Name = "B", Value = "2" });
        draft.Pairs["headers"].Add(new ChannelPair());
        Assert.Equal(
            """[{"name":"A","value":null},{"name":"B","value":"2"}]""",
            draft.Body(_webhook).GetProperty("webhook").GetProperty("headers").GetRawText()
        );
    }

    [Fact]
    public void Number_ThatIsNone_IsRefusedByName()
    {
        var draft = Stored(_webhook, """{"url":"http://h"}""");
        draft.Values["timeoutSeconds"] = "soon";
        var refused = Assert.Throws<Core.InvalidInputException>(() =>
            _webhook.Parse(draft.Body(_webhook).GetProperty("webhook"), Wrong)
        );
        Assert.Contains("webhook.timeoutSeconds", refused.Errors.Keys);
    }

    private JsonElement Secret(ChannelDraft draft) => draft.Body(_email).GetProperty("email").GetProperty("password");

    private static ChannelDraft Stored(INotificationChannel kind, string block) =>
        ChannelDraft.Of(
            new ChannelView(
                1,
                "stored",
                kind.Kind,
                true,
                "",
                JsonNode.Parse(block)!.AsObject(), // not null: it is an object
                null,
                new ChannelStatus("ok", 0, null, null, null)
            ),
            kind
        );

    private static void Wrong(string field, string message) => Assert.Fail($"{field}: {message}");
}
