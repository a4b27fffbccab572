using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Protocols;
using VmPowerManager.Storage;
using VmPowerManager.Ups;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Tests.Ups;

public sealed class UpsCommandsTests : IAsyncDisposable
{
    private static readonly ClaimsPrincipal Admin = Person(Role.Administrator);

    private readonly TestDatabase _database = new();
    private readonly FakeUps _device = new(TimeProvider.System);
    private readonly SecretBox _box = new(new EphemeralDataProtectionProvider());
    private readonly EventLog _events = new(TimeProvider.System);
    private readonly UpsFeed _feed = new(NullLogger<UpsFeed>.Instance);
    private readonly List<IUpsUse> _uses = [];
    private readonly UpsMonitor _monitor;
    private readonly UpsCommands _commands;
    private readonly UpsQueries _queries;
    private readonly UpsActions _actions;

    public UpsCommandsTests()
    {
        var time = TimeProvider.System;
        var drivers = new UpsDrivers([_device]);
        var history = new HistoryDb(_database.Folder, NullLogger<HistoryDb>.Instance);
        var recorder = new HistoryRecorder();
        var outages = new OutageRecorder(_database, time, NullLogger<OutageRecorder>.Instance);
        var outlets = new UpsOutlets(_feed, _events, new UpsScreens(new LiveStream(), time), outages, recorder);
        var configs = new UpsConfigs(_box, _events);
        var writer = new HistoryWriter(history, recorder, time, NullLogger<HistoryWriter>.Instance);
        _monitor = new UpsMonitor(_database, configs, drivers, outlets, time, NullLoggerFactory.Instance);
        _commands = new UpsCommands(_database, _monitor, drivers, _box, _events, writer, _uses);
        _queries = new UpsQueries(_database, _monitor, drivers, configs, _box, new HistoryQueries(history, time), time);
        _actions = new UpsActions(_queries, drivers, configs, _box, _events, time);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var policy in _feed.Policies)
            await _monitor.RemoveAsync(policy.UpsId);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Create_Ups_IsStoredWatchedAndShownWithoutItsPassword()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));

        var shown = await _queries.GetAsync(id, default);
        Assert.Equal("""{"host":"10.0.0.1","hasPassword":true}""", shown["fake"]?.ToJsonString());
        Assert.Equal("rack-a", shown["name"]?.GetValue<string>());
        Assert.Equal(1, shown["pollSeconds"]?.GetValue<double>());
        Assert.DoesNotContain("s3cr3t", shown.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", await File.ReadAllTextAsync(_database.Folder.AppDb), StringComparison.Ordinal);
        Assert.Equal("s3cr3t", Device().Secrets["fake.password"]);
        Assert.Single(_feed.Policies, p => p.Name == "rack-a");
        var told = Assert.Single(_events.Latest(), e => e.Type == "ups.created");
        Assert.Equal(("Administrator", id), (told.Actor, told.UpsId));
    }

    [Theory]
    [InlineData(null, "s3cr3t", true)]
    [InlineData("", null, false)]
    [InlineData("new", "new", true)]
    public async Task Update_Password_LeftOutKeepsEmptyClears(string? sent, string? inUse, bool has)
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));

        await _commands.UpdateAsync(Admin, id, Body(name: "other", password: sent), default);

        Assert.Equal(inUse, Device().Secrets.GetValueOrDefault("fake.password"));
        Assert.Equal(has, (await _queries.GetAsync(id, default))["fake"]?["hasPassword"]?.GetValue<bool>());
    }

    [Fact]
    public async Task Update_AddressWithoutPassword_AsksForItAgain()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            _commands.UpdateAsync(Admin, id, Body(host: "evil.example"), default)
        );

        Assert.Equal(["Address changed: enter the password again."], refusal.Errors["fake.password"]);
        Assert.Equal("10.0.0.1", (await _queries.GetAsync(id, default))["fake"]?["host"]?.GetValue<string>());
    }

    [Theory]
    [InlineData("s3cr3t", "again")]
    [InlineData("s3cr3t", "")]
    [InlineData(null, null)]
    public async Task Update_AddressWithPasswordOrWithNoneStored_IsTaken(string? stored, string? sent)
    {
        var id = await CreateAsync(Body(password: stored));

        await _commands.UpdateAsync(Admin, id, Body(host: "10.0.0.2", password: sent), default);

        Assert.Equal("10.0.0.2", (await _queries.GetAsync(id, default))["fake"]?["host"]?.GetValue<string>());
    }

    [Fact]
    public async Task Test_OfAStoredUpsAtAnotherAddress_DoesNotSendItsPassword()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));
        var body = JsonNode.Parse(Body(host: "evil.example").GetRawText())!.AsObject();
        body["id"] = id;

        await Assert.ThrowsAsync<InvalidInputException>(() =>
            _actions.TestAsync(Admin, JsonSerializer.SerializeToElement(body), default)
        );

        Assert.DoesNotContain(_device.Opened, d => d.Settings.GetProperty("host").GetString() == "evil.example");
    }

    [Fact]
    public async Task Update_OnlyNotes_DoesNotDisturbTheLoop()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));
        var policies = 0;
        using var follower = _feed.SubscribePolicies(() => policies++);

        await _commands.UpdateAsync(Admin, id, Body(notes: "new battery ordered"), default);
        Assert.Equal(0, policies);
        await _commands.UpdateAsync(Admin, id, Body(name: "rack-b"), default);
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
        Assert.Empty(_feed.Policies);
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

        await Assert.ThrowsAsync<ForbiddenException>(() => _commands.CreateAsync(actor, Body(name: "b"), default));
        await Assert.ThrowsAsync<ForbiddenException>(() => _commands.UpdateAsync(actor, id, Body(), default));
        await Assert.ThrowsAsync<ForbiddenException>(() => _commands.DeleteAsync(actor, id, default));
        await Assert.ThrowsAsync<ForbiddenException>(() => _actions.TestAsync(actor, Body(), default));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            _actions.RunCommandAsync(actor, id, "load.off", null, default)
        );
    }

    [Fact]
    public async Task Delete_UpsInUse_IsAConflictThatNamesTheUser()
    {
        var id = await CreateAsync(Body());
        _uses.Add(new UsedByPlan(id));

        var refusal = await Assert.ThrowsAsync<ConflictException>(() => _commands.DeleteAsync(Admin, id, default));

        Assert.Contains("plan Homelab", refusal.Message, StringComparison.Ordinal);
        _uses.Clear();
        await _commands.DeleteAsync(Admin, id, default);
        await Assert.ThrowsAsync<NotFoundException>(() => _queries.GetAsync(id, default));
        Assert.Empty(_feed.Policies);
        Assert.Null(_monitor.Find(id));
    }

    [Fact]
    public async Task Test_DeviceAnswers_GivesReadingAndChecksAndSavesNothing()
    {
        var result = await _actions.TestAsync(Admin, Body(), default);

        Assert.Equal(["OL"], result.Reading?.Status);
        Assert.Equal("connect", Assert.Single(result.Checks).Name);
        Assert.Empty((await _queries.ListAsync(default))["items"]!.AsArray());
    }

    [Fact]
    public async Task Test_DeviceRefuses_NamesTheStep()
    {
        _device.Fault = new DeviceException(DeviceFault.Refused, "ERR UNKNOWN-UPS");

        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() => _actions.TestAsync(Admin, Body(), default));

        Assert.Equal(("ERR UNKNOWN-UPS", "connect"), (refusal.Message, refusal.FailedStep));
    }

    [Fact]
    public async Task RunCommand_DeviceTakesOrRefuses_IsToldAndAudited()
    {
        var id = await CreateAsync(Body());

        await _actions.RunCommandAsync(Person(Role.Operator), id, "beeper.mute", null, default);
        await Assert.ThrowsAsync<PeerRefusedException>(() =>
            _actions.RunCommandAsync(Admin, id, "load.off", null, default)
        );

        Assert.Equal(
            ["ups.commandSent", "ups.commandAccepted", "ups.commandSent"],
            _events.Latest().Where(e => e.Type.StartsWith("ups.command", StringComparison.Ordinal)).Select(e => e.Type)
        );
    }

    private Task<int> CreateAsync(JsonElement body) => _commands.CreateAsync(Admin, body, default);

    /// <summary>The device as the newest loop got it.</summary>
    private UpsDevice Device() => _monitor.Find(_feed.Policies.Single().UpsId)!.Config.Device;

    private static JsonElement Body(
        string name = "rack-a",
        string host = "10.0.0.1",
        string? password = null,
        string? notes = null
    ) =>
        JsonSerializer.SerializeToElement(
            new
            {
                name,
                driver = "fake",
                notes,
                fake = new { host, password },
            }
        );

    private static ClaimsPrincipal Person(Role role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, $"{role}"), new Claim(ClaimTypes.Role, $"{role}")], "test"));

    private sealed class UsedByPlan(int id) : IUpsUse
    {
        public Task<string?> WhoUsesAsync(int upsId, CancellationToken ct) =>
            Task.FromResult(upsId == id ? "plan Homelab" : null);
    }
}
