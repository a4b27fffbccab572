using VmPowerManager.Core;

namespace VmPowerManager.Ups;

/// <summary>Collects what is wrong with an input, by field as the API names it.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _errors = [];

    public bool Any => _errors.Count > 0;

    public void Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
            _errors[field] = messages = [];
        messages.Add(message);
    }

    /// <exception cref="InvalidInputException">Something was added.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new InvalidInputException(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }
}
