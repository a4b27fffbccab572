namespace VmPowerManager.Core.Plans;

/// <summary>What is wrong with a definition, by field.</summary>
internal sealed class Findings
{
    public const int LongestSeconds = 7 * 24 * 3600;

    public Dictionary<string, List<Sentence>> ByField { get; } = [];

    public void When(bool wrong, string field, string message)
    {
        if (wrong)
            When(wrong, field, Sentence.Fixed(message));
    }

    public void When(bool wrong, string field, Sentence message)
    {
        if (!wrong)
            return;
        if (!ByField.TryGetValue(field, out var messages))
            ByField[field] = messages = [];
        messages.Add(message);
    }

    public void Add(IEnumerable<(string Field, string Message)> found)
    {
        foreach (var (field, message) in found)
            When(true, field, message);
    }

    public void Span(string field, int seconds, int least) =>
        When(seconds < least || seconds > LongestSeconds, field, $"Between {least} seconds and 7 days.");
}
