using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Notifications;

/// <summary>What a process finds when it starts.</summary>
/// <param name="Cursor">Null: this installation never notified anybody.</param>
/// <param name="Told">What events after the cursor have made all the same, by event and channel.</param>
internal sealed record StoredDeliveries(
    IReadOnlyList<Delivery> Waiting,
    long LastId,
    long? Cursor,
    IReadOnlyList<(long Sequence, int ChannelId)> Told,
    string Installation
);

/// <summary>The table of messages and the cursor. Every call blocks for as long as the file is locked, at most a second
/// or two (STYLE: Toolchain 15): call it from a thread that may wait.</summary>
internal sealed class DeliveryStore(IDbContextFactory<AppDb> databases, TimeProvider time)
{
    private const string CursorKey = "notifications.cursor";
    private const string InstallationKey = "notifications.installation";
    private static readonly TimeSpan LockedFor = TimeSpan.FromSeconds(1);

    private static readonly DeliveryState[] Unfinished =
    [
        DeliveryState.Pending,
        DeliveryState.Sending,
        DeliveryState.Failed,
    ];

    public StoredDeliveries Load()
    {
        using var db = Open();
        var rows = db.Set<DeliveryRow>().AsNoTracking().Where(d => Unfinished.Contains(d.State)).OrderBy(d => d.Id);
        var cursor = Setting(db, CursorKey) is { } stored
            ? long.Parse(stored.Value, CultureInfo.InvariantCulture)
            : (long?)null;
        var told = db.Set<DeliveryRow>().Where(d => d.EventSequence > cursor);
        return new(
            [.. rows.AsEnumerable().Select(Read)],
            db.Set<DeliveryRow>().Max(d => (long?)d.Id) ?? 0,
            cursor,
            [
                .. told.Select(d => new { d.EventSequence, d.ChannelId })
                    .AsEnumerable()
                    .Select(d => (d.EventSequence, d.ChannelId)),
            ],
            Installation(db)
        );
    }

    /// <summary>All of it, or nothing.</summary>
    public void Save(IReadOnlyList<Delivery> changed, long cursor)
    {
        using var db = Open();
        var ids = changed.Select(d => d.Id).ToList();
        var there = db.Set<DeliveryRow>().Where(d => ids.Contains(d.Id)).ToDictionary(d => d.Id);
        var channels = db.Set<ChannelRow>().Select(c => c.Id).ToHashSet();
        foreach (var delivery in changed.Where(d => channels.Contains(d.ChannelId)))
        {
            var row = there.GetValueOrDefault(delivery.Id);
            if (row is null)
                db.Add(row = NewRow(delivery));
            Write(row, delivery);
        }
        var text = cursor.ToString(CultureInfo.InvariantCulture);
        if (Setting(db, CursorKey) is { } setting)
            setting.Value = text;
        else
            db.Add(new SettingRow { Key = CursorKey, Value = text });
        db.SaveChanges();
    }

    /// <summary>A message as stored, to be tried by this process.</summary>
    public Delivery Read(DeliveryRow row) =>
        new()
        {
            Id = row.Id,
            ChannelId = row.ChannelId,
            EventSequence = row.EventSequence,
            EventType = row.EventType,
            Source = row.Source,
            Severity = row.Severity,
            Content = Content(row),
            CreatedAt = row.CreatedAt,
            // What was being sent when the process ended may have arrived, or not: it goes out again.
            State = row.State == DeliveryState.Sending ? DeliveryState.Pending : row.State,
            Attempts = row.Attempts,
            LastAttemptAt = row.LastAttemptAt,
            NextTryAt = row.NextTryAt,
            DeliveredAt = row.DeliveredAt,
            LastError = row.LastError,
            Answer = row.Answer,
            Since = time.Elapsed(),
            NotBefore = time.Elapsed(),
        };

    private static Notification Content(DeliveryRow row)
    {
        try
        {
            if (JsonSerializer.Deserialize<Notification>(row.Content, Json.Options) is { } content)
                return content;
        }
        catch (JsonException)
        {
            // Another version wrote it: the little that is known is still worth sending.
        }
        return new Notification
        {
            Key = $"{row.EventSequence}-{row.ChannelId}-{row.Id}",
            Title = row.Title,
            Severity = JsonNamingPolicy.CamelCase.ConvertName(row.Severity.ToString()),
            Message = $"{row.Source}: {row.EventType}",
            At = row.CreatedAt,
        };
    }

    private static DeliveryRow NewRow(Delivery delivery) =>
        new()
        {
            Id = delivery.Id,
            ChannelId = delivery.ChannelId,
            EventSequence = delivery.EventSequence,
            EventType = delivery.EventType,
            Source = delivery.Source,
            Title = delivery.Content.Title,
            Severity = delivery.Severity,
            CreatedAt = delivery.CreatedAt,
            Content = "",
        };

    private static void Write(DeliveryRow row, Delivery delivery)
    {
        row.State = delivery.State;
        row.Attempts = delivery.Attempts;
        row.LastAttemptAt = delivery.LastAttemptAt;
        row.NextTryAt = delivery.NextTryAt;
        row.DeliveredAt = delivery.DeliveredAt;
        row.LastError = delivery.LastError;
        row.Answer = delivery.Answer;
        row.Content = JsonSerializer.Serialize(delivery.Content, Json.Options);
    }

    /// <summary>Sets this installation's messages apart from another's, and from its own after its database was lost.</summary>
    private static string Installation(AppDb db)
    {
        if (Setting(db, InstallationKey) is { } known)
            return known.Value;
        var made = Guid.NewGuid().ToString("N")[..12];
        db.Add(new SettingRow { Key = InstallationKey, Value = made });
        db.SaveChanges();
        return made;
    }

    private static SettingRow? Setting(AppDb db, string key) => db.Set<SettingRow>().FirstOrDefault(s => s.Key == key);

    private AppDb Open()
    {
        var db = databases.CreateDbContext();
        db.Database.SetCommandTimeout(LockedFor);
        return db;
    }
}
