using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Browser sessions that were signed out, until their cookies would have expired: a copy of such a cookie opens
/// nothing any more. Outlives a restart; a database that takes no write delays only that.</summary>
internal sealed partial class EndedSessions(
    Settings settings,
    AccountChanges changes,
    TimeProvider time,
    ILogger<EndedSessions> logger
) : IDisposable
{
    private const string Key = "accounts.endedSessions";
    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new();
    private readonly SemaphoreSlim _saving = new(1);

    public bool Contains(string session) => _until.ContainsKey(session);

    public async Task LoadAsync(CancellationToken ct)
    {
        if (await settings.FindAsync(Key, ct) is not { } stored)
            return;
        foreach (var (session, until) in JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(stored) ?? [])
            _until[session] = until;
    }

    /// <param name="until">When its youngest cookie is over by itself.</param>
    public async Task EndAsync(string session, DateTimeOffset until, CancellationToken ct)
    {
        _until[session] = until;
        changes.Tell();
        foreach (var old in _until.Where(s => s.Value <= time.GetUtcNow()))
            _until.TryRemove(old);
        await _saving.WaitAsync(ct);
        try
        {
            await settings.SaveAsync(Key, JsonSerializer.Serialize(_until.ToDictionary()), ct);
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException)
        {
            LogNotSaved(logger, e.InnerException?.Message ?? e.Message);
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose() => _saving.Dispose();

    [LoggerMessage(LogLevel.Warning, "A sign-out holds until the next start only, as it cannot be stored: {Reason}")]
    private static partial void LogNotSaved(ILogger logger, string reason);
}
