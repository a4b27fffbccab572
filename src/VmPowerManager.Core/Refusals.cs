namespace VmPowerManager.Core;

/// <summary>What a person asked cannot be done as asked. The API answers each kind with its own status (API.md), in English;
/// pages say <see cref="Text"/> in the reader's language.</summary>
public abstract class RefusalException(Sentence text) : Exception(text.ToString())
{
    public Sentence Text { get; } = text;
}

/// <summary>Input that does not pass validation: messages by field name in camelCase, dotted and indexed for nested
/// values (<c>phases[0].steps[1].timeoutSeconds</c>). HTTP 400.</summary>
public sealed class InvalidInputException(IReadOnlyDictionary<string, Sentence[]> texts)
    : RefusalException(
        Sentence.Join(
            " ",
            texts.SelectMany(e => e.Value.Select(m => e.Key.Length == 0 ? m : Sentence.Of($"{e.Key}: {m}")))
        )
    )
{
    public InvalidInputException(IReadOnlyDictionary<string, string[]> errors)
        : this(errors.ToDictionary(e => e.Key, e => e.Value.Select(Sentence.Fixed).ToArray())) { }

    public InvalidInputException(string field, string message)
        : this(field, Sentence.Fixed(message)) { }

    public InvalidInputException(string field, Sentence message)
        : this(new Dictionary<string, Sentence[]> { [field] = [message] }) { }

    public IReadOnlyDictionary<string, Sentence[]> Texts { get; } = texts;

    /// <summary>In English.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } =
        texts.ToDictionary(e => e.Key, e => e.Value.Select(m => m.ToString()).ToArray());
}

/// <summary>Nothing has that id. HTTP 404.</summary>
public sealed class NotFoundException(Sentence what) : RefusalException($"{what} does not exist.")
{
    public NotFoundException(string what)
        : this(Sentence.Fixed(what)) { }
}

/// <summary>The state of something else forbids it now; the message names what conflicts. HTTP 409.</summary>
public sealed class ConflictException(Sentence text) : RefusalException(text)
{
    public ConflictException(string message)
        : this(Sentence.Fixed(message)) { }
}

/// <summary>The acting person's role does not allow it. HTTP 403.</summary>
public sealed class ForbiddenException(Sentence text) : RefusalException(text)
{
    public ForbiddenException(string message)
        : this(Sentence.Fixed(message)) { }
}

/// <summary>A device or server refused or could not be reached; the message holds its own words. HTTP 422.</summary>
public sealed class PeerRefusedException(Sentence text, string? failedStep = null) : RefusalException(text)
{
    public PeerRefusedException(string message, string? failedStep = null)
        : this(Sentence.Fixed(message), failedStep) { }

    /// <summary>The step of a test that failed (connect, login, read ...), or null.</summary>
    public string? FailedStep { get; } = failedStep;
}

/// <summary>Who is asking is not known: wrong password or code, a token that is over. HTTP 401.</summary>
public sealed class NotSignedInException(string message) : RefusalException(Sentence.Fixed(message))
{
    /// <summary>The password was right, and the code of the second factor is wanted too.</summary>
    public bool SecondFactorNeeded { get; init; }
}

/// <summary>Too many tries. HTTP 429, with <c>Retry-After</c>.</summary>
public sealed class TooManyAttemptsException(string message, TimeSpan retryAfter)
    : RefusalException(Sentence.Fixed(message))
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
