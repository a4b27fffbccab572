using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Nut;
using VmPowerManager.Protocols.Tests.Nut;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>A server with one UPS of which a test says what it has and how it obeys: what dummy-ups cannot play.</summary>
internal sealed class ScriptedUps : IAsyncDisposable
{
    private readonly FakeUpsd _server;
    private int _receipts;

    public ScriptedUps() => _server = new FakeUpsd(line => Answer(line) is { } text ? text + "\n" : null);

    public ConcurrentDictionary<string, string> Variables { get; } = new() { ["ups.status"] = "OL" };

    /// <summary>What may be set: the words after <c>RW</c> in the answer to GET TYPE.</summary>
    public Dictionary<string, string> Writable { get; } = [];
    public Dictionary<string, string[]> Choices { get; } = [];
    public Dictionary<string, (int Least, int Most)> Ranges { get; } = [];
    public List<string> Commands { get; } = [];

    /// <summary>Before 2.8.0 there was none.</summary>
    public bool Tracks { get; set; } = true;

    /// <summary>What becomes of what was accepted; null hangs up instead.</summary>
    public Func<string, string?> Progress { get; set; } = _ => "SUCCESS";

    /// <summary>What the device makes of a value that is set.</summary>
    public Func<string, string, string> Takes { get; set; } = (_, value) => value;

    /// <summary>Called with each command that runs.</summary>
    public Action<string> Runs { get; set; } = _ => { };

    public int Connections => _server.Connections;

    /// <summary>Requests that began with this word, in order.</summary>
    public string[] Said(string word) =>
        [.. _server.Requests.Where(r => r.StartsWith(word + " ", StringComparison.Ordinal))];

    public NutSession Open(TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        var settings = new NutSettings
        {
            Host = "127.0.0.1",
            Port = _server.Port,
            UpsName = "ups1",
        };
        var endpoint = settings.Endpoint(new Dictionary<string, string>());
        return new NutSession(settings, endpoint, new NutConnectionPool(clock).Lease(endpoint), clock);
    }

    /// <summary>Lets a fake clock run, slowly enough for answers to come, until the call ends.</summary>
    public static async Task<Exception?> PlayAsync(Task call, FakeTimeProvider time)
    {
        var pace = TimeSpan.FromMilliseconds(5);
        for (var played = TimeSpan.Zero; !call.IsCompleted; played += pace)
        {
            Assert.True(played < TimeSpan.FromSeconds(30), "The call does not end.");
            await Task.WhenAny(call, Task.Delay(pace, TimeProvider.System));
            time.Advance(2 * pace);
        }
        return await Record.ExceptionAsync(() => call);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string? Answer(string line) =>
        NutText.Split(line) switch
        {
            ["SET", "TRACKING", ..] => Tracks ? "OK" : "ERR INVALID-ARGUMENT",
            ["GET", "TRACKING", var receipt] => Followed(receipt),
            ["GET", "VAR", var ups, var name] => Variables.TryGetValue(name, out var value)
                ? $"VAR {ups} {name} \"{value}\""
                : "ERR VAR-NOT-SUPPORTED",
            ["GET", "TYPE", var ups, var name] => $"TYPE {ups} {name} RW {Writable[name]}",
            ["GET", "DESC", var ups, var name] => $"DESC {ups} {name} \"Description unavailable\"",
            ["LIST", "VAR", var ups] => List($"VAR {ups}", Variables.Select(v => $"VAR {ups} {v.Key} \"{v.Value}\"")),
            ["LIST", "RW", var ups] => List(
                $"RW {ups}",
                Writable.Keys.Select(name => $"RW {ups} {name} \"{Variables[name]}\"")
            ),
            ["LIST", "ENUM", var ups, var name] => List(
                $"ENUM {ups} {name}",
                Choices[name].Select(choice => $"ENUM {ups} {name} \"{choice}\"")
            ),
            ["LIST", "RANGE", var ups, var name] => List(
                $"RANGE {ups} {name}",
                [$"RANGE {ups} {name} \"{Ranges[name].Least}\" \"{Ranges[name].Most}\""]
            ),
            ["LIST", "CMD", var ups] => List($"CMD {ups}", Commands.Select(name => $"CMD {ups} {name}")),
            ["SET", "VAR", _, var name, var value] => Set(name, value),
            ["INSTCMD", _, var name, ..] => Run(name),
            _ => "ERR UNKNOWN-COMMAND",
        };

    private static string List(string what, IEnumerable<string> rows) =>
        string.Join('\n', rows.Prepend($"BEGIN LIST {what}").Append($"END LIST {what}"));

    private string Set(string name, string value)
    {
        if (!Writable.ContainsKey(name))
            return "ERR READONLY";
        Variables[name] = Takes(name, value);
        return Accepted();
    }

    private string Run(string name)
    {
        if (!Commands.Contains(name))
            return "ERR CMD-NOT-SUPPORTED";
        Runs(name);
        return Accepted();
    }

    private string Accepted() => Tracks ? $"OK TRACKING id-{++_receipts}" : "OK";

    private string? Followed(string receipt)
    {
        var progress = Progress(receipt);
        if (progress is null)
            _server.HangUp();
        return progress;
    }
}
