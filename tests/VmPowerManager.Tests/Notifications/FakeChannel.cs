using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Notifications;

namespace VmPowerManager.Tests.Notifications;

/// <summary>A channel whose receiver does as the test says.</summary>
internal sealed class FakeChannel : INotificationChannel
{
    private readonly ConcurrentQueue<Notification> _tried = [];

    public string Kind => "fake";
    public string Title => "Fake";
    public IReadOnlyList<ChannelField> Fields => [];
    public IReadOnlyList<string> Confidential => [];

    /// <summary>What the receiver does with a message; null takes it.</summary>
    public Func<Notification, CancellationToken, Task>? Receive { get; set; }
    public IReadOnlyList<Notification> Tried => [.. _tried];

    public ChannelBlock Parse(JsonElement entered, Action<string, string> wrong) =>
        new(JsonElement.Parse("{}"), new Dictionary<string, string?>());

    public JsonObject Show(JsonElement settings, IReadOnlySet<string> held) => [];

    public string Address(JsonElement settings) => "";

    public string Target(JsonElement settings) => "a fake";

    public TimeSpan Limit(JsonElement settings) => TimeSpan.FromSeconds(10);

    public async Task<string> SendAsync(ChannelTarget to, Notification what, CancellationToken ct)
    {
        _tried.Enqueue(what);
        if (Receive is { } receive)
            await receive(what, ct);
        return "taken";
    }
}
