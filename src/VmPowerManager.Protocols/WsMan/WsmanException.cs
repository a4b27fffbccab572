namespace VmPowerManager.Protocols.WsMan;

/// <summary>Trouble with a WinRM service.</summary>
public sealed class WsmanException(DeviceFault fault, string message, Exception? inner = null)
    : DeviceException(fault, message, inner)
{
    /// <summary>The service's own number of its fault (winerror.h, WSMAN range), or null.</summary>
    public uint? Code { get; init; }

    /// <summary>The service had said that it runs the command: it may have had its effect.</summary>
    public bool Begun { get; init; }

    /// <summary>The connection, or the answer to a question that had been sent, was lost: the machine may be going down. Not
    /// so where somebody answered, whatever it said.</summary>
    public bool Lost { get; init; }

    /// <summary>The user or the password was not accepted. Each such attempt counts where accounts are locked.</summary>
    internal bool LoginRefused { get; init; }

    internal WsmanException AfterBegin() =>
        Begun
            ? this
            : new WsmanException(Fault, Message, InnerException)
            {
                Code = Code,
                Lost = Lost,
                LoginRefused = LoginRefused,
                Begun = true,
            };

    /// <summary>The same once more, without having asked.</summary>
    internal WsmanException NotTriedAgain() =>
        new(Fault, $"{Message} (not tried again for a while)") { Code = Code, LoginRefused = true };
}
