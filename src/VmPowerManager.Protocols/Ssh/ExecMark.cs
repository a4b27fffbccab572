using System.Text;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>Tells the moment between the opening of a channel and the writing of its command, which the library does not
/// tell: it encodes the command then, on the thread that runs it.</summary>
internal sealed class ExecMark : UTF8Encoding
{
    [ThreadStatic]
    private static Action? _leaving;

    private ExecMark()
        : base(encoderShouldEmitUTF8Identifier: false) { }

    public static ExecMark Encoding { get; } = new();

    /// <summary>Runs the library's call; <paramref name="leaving"/> may throw to keep the command from being sent.</summary>
    public static T Run<T>(Func<T> call, Action leaving)
    {
        _leaving = leaving;
        try
        {
            return call();
        }
        finally
        {
            _leaving = null;
        }
    }

    public override byte[] GetBytes(string s)
    {
        _leaving?.Invoke();
        return base.GetBytes(s);
    }
}
