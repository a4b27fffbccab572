using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmPowerManager.Notifications;

/// <summary>Brings messages to people or programs over one medium. A channel is one folder and one registration line
/// (STYLE: Adding a driver). Knows neither storage nor retries.</summary>
public interface INotificationChannel
{
    /// <summary>The API's <c>kind</c> and the name of its settings block: <c>email</c>, <c>webhook</c> ...</summary>
    string Kind { get; }

    /// <summary>What people call it: a key of the localised strings.</summary>
    string Title { get; }

    /// <summary>The settings block as a form asks for it, in order.</summary>
    IReadOnlyList<ChannelField> Fields { get; }

    /// <summary>What a person entered, checked and with defaults filled in.</summary>
    /// <param name="entered">The block as sent.</param>
    /// <param name="wrong">Takes what is wrong: the field within the block, and a message.</param>
    /// <exception cref="Core.InvalidInputException">The block cannot be read at all.</exception>
    ChannelBlock Parse(JsonElement entered, Action<string, string> wrong);

    /// <summary>The stored settings as the API answers them: <c>hasPassword</c> in place of <c>password</c>.</summary>
    /// <param name="held">Names of the secrets that are stored.</param>
    JsonObject Show(JsonElement settings, IReadOnlySet<string> held);

    /// <summary>Who gets the secrets: a change asks for them again, so that a stored secret cannot be sent to a server
    /// of the editor's choice.</summary>
    string Address(JsonElement settings);

    /// <summary>Where messages go, for everybody to read: no secret, and no part of an address that may be one.</summary>
    string Target(JsonElement settings);

    /// <summary>Keys of the block that may hold secrets of the receiver's making (a token in a URL): shown to
    /// administrators only.</summary>
    IReadOnlyList<string> Confidential { get; }

    /// <summary>How long one try may take.</summary>
    TimeSpan Limit(JsonElement settings);

    /// <summary>Sends once. Returning means that the peer took the message over; the text is the peer's own words.</summary>
    /// <exception cref="DeliveryException">It did not.</exception>
    Task<string> SendAsync(ChannelTarget to, Notification what, CancellationToken ct);
}

/// <summary>A settings block, taken apart.</summary>
/// <param name="Settings">What is stored and shown; no secret is in it.</param>
/// <param name="Secrets">Every secret that these settings have room for, by name (<c>password</c>,
/// <c>headers.x-token</c>): null keeps what is stored, "" clears.</param>
public sealed record ChannelBlock(JsonElement Settings, IReadOnlyDictionary<string, string?> Secrets);

/// <summary>A channel as its driver needs it, secrets in clear.</summary>
public sealed record ChannelTarget(JsonElement Settings, IReadOnlyDictionary<string, string> Secrets);

/// <summary>A message was not taken over. <see cref="Exception.Message"/> holds the peer's own words where it spoke, and
/// never a secret. Unlike a device, a receiver says whether trying again makes sense, and when.</summary>
public sealed class DeliveryException(string words, Exception? inner = null) : Exception(words, inner)
{
    /// <summary>This message will never be taken: trying again makes no sense.</summary>
    public bool Permanent { get; init; }

    /// <summary>Only this message is concerned; others may well get through now.</summary>
    public bool MessageOnly { get; init; }

    /// <summary>When the peer wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What was reached all the same; comes back as <see cref="Notification.Progress"/> with the next try.</summary>
    public string? Progress { get; init; }
}
