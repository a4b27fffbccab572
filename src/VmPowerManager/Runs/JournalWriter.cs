using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Storage;

namespace VmPowerManager.Runs;

/// <summary>What one tick of a plan leaves behind.</summary>
public sealed record JournalEntry(
    int PlanId,
    Moment At,
    string BootId,
    string Cause,
    PlanState State,
    IReadOnlyList<Effect> Effects,
    RunRecord? Run
);

/// <summary>Writes the journal on a thread and a connection of its own, each entry in one durable transaction (DESIGN 3).
/// Whoever waits decides for how long: what cannot be written now is written later, in order, while memory is bounded.</summary>
public sealed partial class JournalWriter(DataFolder folder, TimeProvider time, ILogger<JournalWriter> logger)
    : IAsyncDisposable
{
    private const int MostOwed = 2000;

    /// <summary>Rows kept for looking back: many outages' worth.</summary>
    private const int Kept = 20_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private SqliteConnection? _connection;
    private Task _loop = Task.CompletedTask;
    private volatile bool _failing;

    public void Start() =>
        _loop = Task.Factory.StartNew(Work, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>True: durable. False or cancelled waiting: not yet; it will be tried again.</summary>
    public Task<bool> WriteAsync(JournalEntry entry)
    {
        var pending = new Pending(entry);
        var queued = _queue.Writer.TryWrite(pending);
        // While it fails nobody waits again and again for the same locked file: the entry is owed.
        return queued && !_failing ? pending.Done.Task : Task.FromResult(false);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_loop, Task.Delay(TimeSpan.FromSeconds(3), time));
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connection?.Dispose();
        _stop.Dispose();
    }

    /// <summary>The thread: SQLite's own calls block, here they may.</summary>
    private void Work()
    {
        var owed = new Queue<Pending>();
        while (!_stop.IsCancellationRequested)
        {
            if (owed.Count == 0 && !_queue.Reader.WaitToReadAsync(_stop.Token).AsTask().GetAwaiter().GetResult())
                return;
            while (_queue.Reader.TryRead(out var pending))
                owed.Enqueue(pending);
            while (owed.TryPeek(out var next) && TryWrite(next.Entry))
                owed.Dequeue().Done.TrySetResult(true);
            if (owed.Count == 0)
                continue;
            foreach (var late in owed)
                late.Done.TrySetResult(false);
            if (owed.Count > MostOwed)
                owed = Bound(owed);
            if (_queue.Reader.Completion.IsCompleted)
                return;
            _stop.Token.WaitHandle.WaitOne(RetryAfter);
        }
    }

    /// <summary>The newer half, and of the older one what ends a run: it is written by no later entry.</summary>
    private static Queue<Pending> Bound(Queue<Pending> owed)
    {
        var older = owed.Count - (MostOwed / 2);
        return new(owed.Where((p, i) => i >= older || p.Entry.Run is { State.Status: not RunStatus.Running }));
    }

    private bool TryWrite(JournalEntry entry)
    {
        try
        {
            Write(Connection(), entry);
            if (_failing)
                LogWorksAgain();
            _failing = false;
            return true;
        }
        // SQLITE_CONSTRAINT: the plan was deleted meanwhile; nothing is left to journal for.
        catch (SqliteException e) when (e.SqliteErrorCode == 19)
        {
            return true;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                LogFails(e.Message);
            _failing = true;
            Disconnect();
            return false;
        }
        // An entry that cannot be written at all must not keep the others from being written.
        catch (Exception e)
        {
            LogBug(e);
            Disconnect();
            return true;
        }
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private SqliteConnection Connection()
    {
        if (_connection is not null)
            return _connection;
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = folder.AppDb,
                Mode = SqliteOpenMode.ReadWrite,
                DefaultTimeout = 1,
                ForeignKeys = true,
                Pooling = false,
            }.ToString()
        );
        connection.Open();
        return _connection = connection;
    }

    private static void Write(SqliteConnection connection, JournalEntry entry)
    {
        using var transaction = connection.BeginTransaction();
        if (entry.Run is { } run)
        {
            Execute(
                connection,
                """
                INSERT INTO Runs (Id, PlanId, Status, StartedAt, Record) VALUES ($id, $plan, $status, $started, $record)
                ON CONFLICT (Id) DO UPDATE SET Status = $status, Record = $record
                """,
                ("$id", run.State.Id),
                ("$plan", run.PlanId),
                ("$status", run.State.Status.ToString()),
                ("$started", run.State.StartedAt.UtcTicks),
                ("$record", JsonSerializer.Serialize(run, Json.Options))
            );
        }
        // The newest row alone says where the plan goes on; older ones keep their effects.
        Execute(
            connection,
            "UPDATE Journal SET State = NULL WHERE PlanId = $plan AND State IS NOT NULL",
            ("$plan", entry.PlanId)
        );
        Execute(
            connection,
            """
            INSERT INTO Journal (PlanId, RunId, At, Elapsed, BootId, Cause, State, Effects)
            VALUES ($plan, $run, $at, $elapsed, $boot, $cause, $state, $effects)
            """,
            ("$plan", entry.PlanId),
            ("$run", entry.Run?.State.Id),
            ("$at", entry.At.Wall.UtcTicks),
            ("$elapsed", entry.At.Elapsed.Ticks),
            ("$boot", entry.BootId),
            ("$cause", entry.Cause),
            ("$state", JsonSerializer.Serialize(entry.State, Json.Options)),
            ("$effects", JsonSerializer.Serialize(entry.Effects, Json.Options))
        );
        Execute(
            connection,
            "DELETE FROM Journal WHERE PlanId = $plan AND Id <= last_insert_rowid() - $kept",
            ("$plan", entry.PlanId),
            ("$kept", Kept)
        );
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    private sealed record Pending(JournalEntry Entry)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(LogLevel.Critical, "The journal cannot be written: {Reason}. Runs go on without it.")]
    private partial void LogFails(string reason);

    [LoggerMessage(LogLevel.Error, "A journal entry was given up by a bug")]
    private partial void LogBug(Exception e);

    [LoggerMessage(LogLevel.Information, "The journal is written again.")]
    private partial void LogWorksAgain();
}
