namespace VmPowerManager.Protocols.Ssh;

/// <summary>A line for the remote login shell. Built so that arguments are data: they are quoted here and nowhere else.</summary>
public sealed record RemoteCommand
{
    /// <summary>Appended to the path that a non-login shell has, which often lacks the system's tools; what is on the
    /// path already wins.</summary>
    private const string Environment =
        "PATH=\"$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"; "
        + "LC_ALL=C; export PATH LC_ALL; ";

    /// <summary>Stands in our own lines where nothing is to be read: the library sends the end of the input only after
    /// some input.</summary>
    private const string NoInput = "exec </dev/null; ";
    private readonly string _withoutInput;

    private RemoteCommand(string text, string withoutInput) => (Text, _withoutInput) = (text, withoutInput);

    /// <summary>The line for a command that is given input.</summary>
    public string Text { get; }

    /// <summary>The line and what to feed it. A line of a person's that is given no input gets an empty line and the end.</summary>
    internal (string Line, string Input) With(string? input) =>
        input is null ? (_withoutInput, Text == _withoutInput ? "\n" : "") : (Text, input);

    /// <summary>A program and its arguments, with the system's directories on the path and messages in English.</summary>
    /// <exception cref="ArgumentException">An argument with NUL or a line break.</exception>
    public static RemoteCommand Of(string program, params IEnumerable<string> arguments) =>
        Script("exec \"$@\"", [program, .. arguments]);

    /// <summary>A POSIX shell script that sees <paramref name="arguments"/> as <c>$1</c>, <c>$2</c> ... The script is
    /// constant text of ours, in one line and without backslashes, so that every login shell hands it on alike.</summary>
    /// <exception cref="ArgumentException">An argument with NUL or a line break.</exception>
    public static RemoteCommand Script(string script, params IEnumerable<string> arguments)
    {
        if (script.AsSpan().IndexOfAny('\n', '\r', '\\') >= 0)
            throw new ArgumentException("A script is one line without backslashes.", nameof(script));
        var words = string.Join(' ', arguments.Select(Argument));
        return new(Line(Environment + script, words), Line(NoInput + Environment + script, words));
    }

    /// <summary>A line that a person wrote, run as given by the login shell.</summary>
    public static RemoteCommand AsGiven(string line) => new(line, line);

    public override string ToString() => Text;

    private static string Line(string script, string words) => $"sh -c {PosixShell.Quote(script)} sh {words}".TrimEnd();

    private static string Argument(string value) =>
        value.AsSpan().IndexOfAny('\n', '\r') >= 0
            ? throw new ArgumentException("An argument cannot hold a line break.", nameof(value))
            : PosixShell.Quote(value);
}
