using System.Text.Json;

namespace VmPowerManager.Notifications;

/// <summary>A message, composed when its event happened and the same in every try.</summary>
public sealed record Notification
{
    /// <summary>The same for every try, and never used for another message: made of the installation, the event's number
    /// and the channel. A receiver that has seen it may drop the message.</summary>
    public required string Key { get; init; }

    /// <summary>One line: severity, source, what happened.</summary>
    public required string Title { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }

    /// <summary>The sentence of the event.</summary>
    public required string Message { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Values with their units, and the time in words.</summary>
    public IReadOnlyList<NotificationFact> Facts { get; init; } = [];

    /// <summary>The page that shows more; null where the address of the pages is not configured.</summary>
    public string? Link { get; init; }

    /// <summary>Sent by a person to see whether it arrives; nothing happened.</summary>
    public bool Test { get; init; }

    /// <summary>The event as the API answers it; null in a test.</summary>
    public JsonElement? Event { get; init; }

    /// <summary>What earlier tries reached, in the words of the channel that wrote it.</summary>
    public string? Progress { get; init; }

    /// <summary>All of it as plain text, lines ended by \n.</summary>
    public string Text()
    {
        var width = Facts.Count == 0 ? 0 : Facts.Max(f => f.Name.Length) + 2;
        var lines = new List<string> { Message, "" };
        lines.AddRange(Facts.Select(f => f.Name.PadRight(width) + f.Value));
        if (Link is not null)
            lines.AddRange(["", Link]);
        return string.Join('\n', lines) + "\n";
    }
}

/// <summary>A line of a message: <c>Runtime</c>, <c>12 min 30 s</c>.</summary>
public sealed record NotificationFact(string Name, string Value);
