using System.Diagnostics;

namespace VmPowerManager.Lab;

/// <summary>A program that a client of <see cref="WinrmServer"/> runs.</summary>
public sealed class WinrmCommand
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly Queue<(bool IsError, byte[] Bytes)> _parts = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int? _exitCode;

    public WinrmCommand(string id, string line, string path, IReadOnlyDictionary<string, string> environment)
    {
        Id = id;
        var start = new ProcessStartInfo("sh", ["-c", line])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{path}:{System.Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!; // not null: no shell is used
        _process.StandardInput.Close();
        _ = FollowAsync();
    }

    public string Id { get; }

    public bool IsRunning
    {
        get
        {
            lock (_gate)
                return _exitCode is null;
        }
    }

    /// <summary>Output that has come, or waits for some, or for the end. Null: neither within the time.</summary>
    public async Task<Output?> TakeAsync(int mostBytes, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (_parts.Count > 0 || _exitCode is not null)
                    return Take(mostBytes);
                news = _news.Task;
            }
            try
            {
                await news.WaitAsync(both.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    public void End()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private Output Take(int mostBytes)
    {
        var taken = new List<(bool, byte[])>();
        var room = mostBytes;
        while (room > 0 && _parts.TryPeek(out var next) && next.Bytes.Length <= room)
        {
            taken.Add(_parts.Dequeue());
            room -= next.Bytes.Length;
        }
        return new Output(taken, _parts.Count == 0 ? _exitCode : null);
    }

    private async Task FollowAsync()
    {
        await Task.WhenAll(
            ReadAsync(_process.StandardOutput.BaseStream, false),
            ReadAsync(_process.StandardError.BaseStream, true)
        );
        await _process.WaitForExitAsync();
        Tell(() => _exitCode = _process.ExitCode);
    }

    private async Task ReadAsync(Stream stream, bool isError)
    {
        var buffer = new byte[3000];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; )
        {
            var part = buffer[..read];
            Tell(() => _parts.Enqueue((isError, part)));
        }
    }

    private void Tell(Action what)
    {
        lock (_gate)
        {
            what();
            _news.TrySetResult();
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <param name="ExitCode">Null: there is more.</param>
    public sealed record Output(IReadOnlyList<(bool IsError, byte[] Bytes)> Parts, int? ExitCode);
}
