namespace VmPowerManager.Core;

/// <summary>What a person asked cannot be done as asked. The API answers each kind with its own status (API.md).</summary>
public abstract class RefusalException(string message) : Exception(message);

/// <summary>Input that does not pass validation: messages by field name in camelCase, dotted and indexed for nested
/// values (<c>phases[0].steps[1].timeoutSeconds</c>). HTTP 400.</summary>
public sealed class InvalidInputException(IReadOnlyDictionary<string, string[]> errors)
    : RefusalException(
        string.Join(" ", errors.SelectMany(e => e.Value.Select(m => e.Key.Length == 0 ? m : $"{e.Key}: {m}")))
    )
{
    public InvalidInputException(string field, string message)
        : this(new Dictionary<string, string[]> { [field] = [message] }) { }

    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>Nothing has that id. HTTP 404.</summary>
public sealed class NotFoundException(string what) : RefusalException($"{what} does not exist.");

/// <summary>The state of something else forbids it now; the message names what conflicts. HTTP 409.</summary>
public sealed class ConflictException(string message) : RefusalException(message);

/// <summary>The acting person's role does not allow it. HTTP 403.</summary>
public sealed class ForbiddenException(string message) : RefusalException(message);

/// <summary>A device or server refused or could not be reached; the message holds its own words. HTTP 422.</summary>
public sealed class PeerRefusedException(string message, string? failedStep = null) : RefusalException(message)
{
    /// <summary>The step of a test that failed (connect, login, read ...), or null.</summary>
    public string? FailedStep { get; } = failedStep;
}

/// <summary>Who is asking is not known: wrong password or code, a token that is over. HTTP 401.</summary>
public sealed class NotSignedInException(string message) : RefusalException(message)
{
    /// <summary>The password was right, and the code of the second factor is wanted too.</summary>
    public bool SecondFactorNeeded { get; init; }
}

/// <summary>Too many tries. HTTP 429, with <c>Retry-After</c>.</summary>
public sealed class TooManyAttemptsException(string message, TimeSpan retryAfter) : RefusalException(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
