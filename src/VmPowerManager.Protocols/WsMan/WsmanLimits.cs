namespace VmPowerManager.Protocols.WsMan;

/// <summary>Bounds of shells, commands and answers.</summary>
public sealed record WsmanLimits
{
    public static WsmanLimits Default { get; } = new();

    /// <summary>How long the service may keep us waiting for output before it says that there is none yet.</summary>
    public TimeSpan Operation { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For one request and its answer, beyond <see cref="Operation"/>.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a whole command, whatever its caller's patience.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>For the end of a command and its shell after it was given up.</summary>
    public TimeSpan Close { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A shell that we left behind (our process died) is ended by the service after so long.</summary>
    public TimeSpan ShellIdle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A shell that nobody used for so long is deleted; less than <see cref="ShellIdle"/>.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Shells at a time of one user at one service, a command each. Windows allows 30 a user (5 before 2012).</summary>
    public int Shells { get; init; } = 8;

    /// <summary>Of those, kept for questions: orders that hang must not keep us from seeing what became of them.</summary>
    public int ForQuestions { get; init; } = 2;

    /// <summary>After a refused login none is tried for so long: domains lock an account that tries too often.</summary>
    public TimeSpan LoginPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest answer that we ask for; 153,600 is the smallest default of any Windows.</summary>
    public int EnvelopeBytes { get; init; } = 153_600;

    /// <summary>The largest answer that is read.</summary>
    public int AnswerBytes { get; init; } = 1 << 20;

    /// <summary>Bytes kept of standard output, and of standard error; what comes after is read and dropped.</summary>
    public int OutputBytes { get; init; } = 1 << 20;
}
