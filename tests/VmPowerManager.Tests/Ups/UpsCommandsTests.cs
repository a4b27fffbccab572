using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

public sealed class UpsCommandsTests : UpsCommandsBench
{
    [Fact]
    public async Task Create_Ups_IsStoredWatchedAndShownWithoutItsPassword()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));

        var shown = await Queries.GetAsync(id, default);
        Assert.Equal("""{"host":"10.0.0.1","unit":null,"hasPassword":true}""", shown.Settings?.ToJsonString());
        Assert.Equal(("rack-a", 1), (shown.Name, shown.PollSeconds));
        Assert.DoesNotContain("s3cr3t", JsonSerializer.Serialize(shown, Json.Options), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", await File.ReadAllTextAsync(Database.Folder.AppDb), StringComparison.Ordinal);
        Assert.Equal("s3cr3t", Device().Secrets["fake.password"]);
        Assert.Single(Feed.Policies, p => p.Name == "rack-a");
        var told = Assert.Single(Events.Latest(), e => e.Type == "ups.created");
        Assert.Equal(("Administrator", id), (told.Actor, told.UpsId));
    }

    [Theory]
    [InlineData(null, "s3cr3t", true)]
    [InlineData("", null, false)]
    [InlineData("new", "new", true)]
    public async Task Update_Password_LeftOutKeepsEmptyClears(string? sent, string? inUse, bool has)
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));

        await Commands.UpdateAsync(Admin, id, Body(name: "other", password: sent), default);

        Assert.Equal(inUse, Device().Secrets.GetValueOrDefault("fake.password"));
        Assert.Equal(has, (await Queries.GetAsync(id, default)).Settings?["hasPassword"]?.GetValue<bool>());
    }

    [Fact]
    public async Task Update_AddressWithoutPassword_AsksForItAgain()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            Commands.UpdateAsync(Admin, id, Body(host: "evil.example"), default)
        );

        Assert.Equal(["Address changed: enter the password again."], refusal.Errors["fake.password"]);
        Assert.Equal("10.0.0.1", (await Queries.GetAsync(id, default)).Settings?["host"]?.GetValue<string>());
    }

    [Theory]
    [InlineData("s3cr3t", "again")]
    [InlineData("s3cr3t", "")]
    [InlineData(null, null)]
    public async Task Update_AddressWithPasswordOrWithNoneStored_IsTaken(string? stored, string? sent)
    {
        var id = await CreateAsync(Body(password: stored));

        await Commands.UpdateAsync(Admin, id, Body(host: "10.0.0.2", password: sent), default);

        Assert.Equal("10.0.0.2", (await Queries.GetAsync(id, default)).Settings?["host"]?.GetValue<string>());
    }

    [Fact]
    public async Task Test_OfAStoredUpsAtAnotherAddress_DoesNotSendItsPassword()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));
        var body = JsonNode.Parse(Body(host: "evil.example").GetRawText())!.AsObject();
        body["id"] = id;

        await Assert.ThrowsAsync<InvalidInputException>(() =>
            Actions.TestAsync(Admin, JsonSerializer.SerializeToElement(body), default)
        );

        Assert.DoesNotContain(Fake.Opened, d => d.Settings.GetProperty("host").GetString() == "evil.example");
    }

    [Fact]
    public async Task Update_OnlyNotes_DoesNotDisturbTheLoop()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));
        var policies = 0;
        using var follower = Feed.SubscribePolicies(() => policies++);

        await Commands.UpdateAsync(Admin, id, Body(notes: "new battery ordered"), default);
        Assert.Equal(0, policies);
        await Commands.UpdateAsync(Admin, id, Body(name: "rack-b"), default);
        Assert.Equal(1, policies);
    }

    [Theory]
    [InlineData("""{}""", "name", "driver")]
    [InlineData("""{"name": "a", "driver": "telepathy"}""", "driver")]
    [InlineData("""{"name": "a", "driver": "fake"}""", "fake")]
    [InlineData("""{"name": "a", "driver": "fake", "fake": {}}""", "fake.host")]
    [InlineData("""{"name": "a", "driver": "fake", "fake": {"host": "h", "password": 7}}""", "fake.password")]
    [InlineData("""{"name": 5, "driver": "fake", "fake": {"host": "h"}, "enabled": "yes"}""", "name", "enabled")]
    [InlineData(
        """{"name": "a", "driver": "fake", "fake": {"host": "h"}, "pollSeconds": 0, "confirmSeconds": -1, "batteryReplacedAt": "soon"}""",
        "pollSeconds",
        "confirmSeconds",
        "batteryReplacedAt"
    )]
    public async Task Create_InvalidInput_NamesEveryField(string body, params string[] fields)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            CreateAsync(JsonSerializer.Deserialize<JsonElement>(body))
        );

        Assert.Equal(fields, refusal.Errors.Keys);
        Assert.Empty(Feed.Policies);
    }

    [Fact]
    public async Task Create_NameTaken_IsAConflict()
    {
        await CreateAsync(Body());

        await Assert.ThrowsAsync<ConflictException>(() => CreateAsync(Body(name: "RACK-A")));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Commands_WeakerRole_AreForbidden(Role role)
    {
        var id = await CreateAsync(Body());
        var actor = Person(role);

        await Assert.ThrowsAsync<ForbiddenException>(() => Commands.CreateAsync(actor, Body(name: "b"), default));
        await Assert.ThrowsAsync<ForbiddenException>(() => Commands.UpdateAsync(actor, id, Body(), default));
        await Assert.ThrowsAsync<ForbiddenException>(() => Commands.DeleteAsync(actor, id, default));
        await Assert.ThrowsAsync<ForbiddenException>(() => Actions.TestAsync(actor, Body(), default));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            Actions.RunCommandAsync(actor, id, "load.off", null, default)
        );
    }

    [Fact]
    public async Task Delete_UpsInUse_IsAConflictThatNamesTheUser()
    {
        var id = await CreateAsync(Body());
        Uses.Add(new UsedByPlan(id));

        var refusal = await Assert.ThrowsAsync<ConflictException>(() => Commands.DeleteAsync(Admin, id, default));

        Assert.Contains("plan Homelab", refusal.Message, StringComparison.Ordinal);
        Uses.Clear();
        await Commands.DeleteAsync(Admin, id, default);
        await Assert.ThrowsAsync<NotFoundException>(() => Queries.GetAsync(id, default));
        Assert.Empty(Feed.Policies);
        Assert.Null(Monitor.Find(id));
    }

    private sealed class UsedByPlan(int id) : IUpsUse
    {
        public Task<string?> WhoUsesAsync(int upsId, CancellationToken ct) =>
            Task.FromResult(upsId == id ? "plan Homelab" : null);
    }
}
