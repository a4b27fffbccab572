using VmPowerManager.Core;

namespace VmPowerManager.Components;

/// <summary>One thing that a person tries: whether it runs, and what was refused, by field and in general. Forms keep one
/// and show it with <c>AttemptAlert</c>; nothing that was typed is lost.</summary>
public sealed class Attempt
{
    private IReadOnlyDictionary<string, string[]> _fields = new Dictionary<string, string[]>();
    private readonly HashSet<string> _claimed = new(StringComparer.OrdinalIgnoreCase);

    public bool Running { get; private set; }

    /// <summary>What was refused, in one text, without what fields show; null: nothing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The step of a test that failed, where one is known.</summary>
    public string? FailedStep { get; private set; }

    /// <summary>How long to wait before the next try, where there were too many.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>Runs it; false when it was refused. Bugs and cancellation go through. A second call while the first runs
    /// does nothing: a double click is one click.</summary>
    public async Task<bool> RunAsync(Func<Task> what)
    {
        if (Running)
            return false;
        Forget();
        Running = true;
        try
        {
            await what();
            return true;
        }
        catch (RefusalException e)
        {
            Take(e);
            return false;
        }
        finally
        {
            Running = false;
        }
    }

    /// <summary>What is wrong with a field, by its API path (<c>nut.host</c>), or null. A field that asks shows it itself.</summary>
    public string? For(string field)
    {
        _claimed.Add(field);
        var found = _fields.FirstOrDefault(f => string.Equals(f.Key, field, StringComparison.OrdinalIgnoreCase));
        return found.Value is null ? null : string.Join(" ", found.Value);
    }

    /// <summary>Messages of fields that no control on the page shows.</summary>
    public IEnumerable<string> Unclaimed =>
        _fields
            .Where(f => !_claimed.Contains(f.Key))
            .Select(f => f.Key.Length == 0 ? string.Join(" ", f.Value) : $"{f.Key}: {string.Join(" ", f.Value)}");

    public void Forget() =>
        (Refusal, FailedStep, RetryAfter, _fields) = (null, null, null, new Dictionary<string, string[]>());

    private void Take(RefusalException e)
    {
        if (e is InvalidInputException invalid)
            _fields = invalid.Texts.ToDictionary(e => e.Key, e => e.Value.Select(Sentences.Said).ToArray());
        else
            Refusal = Sentences.Said(e.Text);
        FailedStep = (e as PeerRefusedException)?.FailedStep;
        RetryAfter = (e as TooManyAttemptsException)?.RetryAfter;
    }
}
