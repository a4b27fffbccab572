using System.Collections.Concurrent;
using System.Xml;
using System.Xml.Linq;
using static VmPowerManager.Lab.WinrmRequest;

namespace VmPowerManager.Lab;

/// <summary>The shells of <see cref="WinrmServer"/> and what runs in them.</summary>
public sealed class WinrmShells(string path, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Shell> _shells = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Windows: 30 (5 before 2012).</summary>
    public int MostShells { get; set; } = 30;

    /// <summary>Windows keeps what is not signalled: a client that forgets to runs into this.</summary>
    public int MostCommands { get; set; } = 25;

    public int Count => _shells.Count;

    /// <summary>Programs that run now, in all shells.</summary>
    public int Running => _shells.Values.Sum(s => s.Commands.Values.Count(c => c.IsRunning));

    public string? LastCommand { get; private set; }

    /// <summary>Every line that was run.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Set for each program.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>As a restart of the service does.</summary>
    public void DeleteAll()
    {
        foreach (var id in _shells.Keys)
            if (_shells.TryRemove(id, out var shell))
                shell.End();
    }

    public async Task<WinrmAnswer> AnswerAsync(WinrmRequest asked, CancellationToken ct)
    {
        EndIdle();
        if (asked.Wrong is { } wrong)
            return wrong.Answer(asked);
        if (asked.Action == "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create")
            return Create(asked);
        if (asked.ShellId is not { } id || !_shells.TryGetValue(id, out var shell))
            return WinrmFault.NoShell(asked.ShellId).Answer(asked);
        shell.UsedAt = time.GetTimestamp();
        return asked.Action switch
        {
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete" => Delete(asked, shell),
            "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command" => Command(asked, shell),
            "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive" => await ReceiveAsync(asked, shell, ct),
            "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Signal" => Signal(asked, shell),
            _ => WinrmFault.NoAction.Answer(asked),
        };
    }

    private WinrmAnswer Create(WinrmRequest asked)
    {
        if (asked.Body.Element(Rsp + "Shell") is not { } wanted)
            return WinrmFault.Malformed.Answer(asked);
        if (_shells.Count >= MostShells)
            return WinrmFault.TooManyShells(MostShells).Answer(asked);
        var idle = wanted.Element(Rsp + "IdleTimeOut") is { } i
            ? XmlConvert.ToTimeSpan(i.Value)
            : TimeSpan.FromHours(2);
        var shell = new Shell(NewId(), idle) { UsedAt = time.GetTimestamp() };
        _shells[shell.Id] = shell;
        var selector = new XElement(
            W + "SelectorSet",
            new XElement(W + "Selector", new XAttribute("Name", "ShellId"), shell.Id)
        );
        return WinrmAnswer.Of(
            asked,
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse",
            new XElement(
                X + "ResourceCreated",
                new XElement(A + "Address", "http://127.0.0.1/wsman"),
                new XElement(A + "ReferenceParameters", new XElement(W + "ResourceURI", Resource), selector)
            ),
            new XElement(
                Rsp + "Shell",
                new XElement(Rsp + "ShellId", shell.Id),
                new XElement(Rsp + "ResourceUri", Resource),
                wanted.Element(Rsp + "InputStreams"),
                wanted.Element(Rsp + "OutputStreams"),
                new XElement(Rsp + "ShellRunTime", "P0DT0H0M0S")
            )
        );
    }

    private WinrmAnswer Delete(WinrmRequest asked, Shell shell)
    {
        _shells.TryRemove(shell.Id, out _);
        shell.End();
        return WinrmAnswer.Of(asked, "http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse");
    }

    private WinrmAnswer Command(WinrmRequest asked, Shell shell)
    {
        var line = asked.Body.Element(Rsp + "CommandLine");
        if (line?.Element(Rsp + "Command") is not { } program)
            return WinrmFault.Malformed.Answer(asked);
        if (shell.Commands.Count >= MostCommands)
            return new WinrmFault(
                2150859176,
                "w:QuotaLimit",
                "The maximum number of concurrent commands per shell has been exceeded."
            ).Answer(asked);
        var text = string.Join(' ', [program.Value, .. line.Elements(Rsp + "Arguments").Select(a => a.Value)]);
        Lines.Enqueue(text);
        var command = new WinrmCommand(NewId(), text, path, Environment);
        shell.Commands[command.Id] = command;
        LastCommand = command.Id;
        return WinrmAnswer.Of(
            asked,
            Rsp.NamespaceName + "/CommandResponse",
            new XElement(Rsp + "CommandResponse", new XElement(Rsp + "CommandId", command.Id))
        );
    }

    private async Task<WinrmAnswer> ReceiveAsync(WinrmRequest asked, Shell shell, CancellationToken ct)
    {
        var wanted = asked.Body.Element(Rsp + "Receive")?.Element(Rsp + "DesiredStream");
        if (Named(wanted, shell) is not { } command)
            return WinrmFault.NoCommand.Answer(asked);
        // What surrounds the output, and base64, need room too.
        var output = await command.TakeAsync((asked.MostBytes - 4096) / 4 * 3, asked.Patience, time, ct);
        if (output is null)
            return _shells.ContainsKey(shell.Id)
                ? WinrmFault.NothingYet.Answer(asked)
                : new WinrmFault(995, "w:InternalError", "The I/O operation has been aborted.").Answer(asked);
        var id = new XAttribute("CommandId", command.Id);
        var parts = output.Parts.Select(p => new XElement(
            Rsp + "Stream",
            new XAttribute("Name", p.IsError ? "stderr" : "stdout"),
            id,
            Convert.ToBase64String(p.Bytes)
        ));
        var ends = new[] { "stdout", "stderr" }.Select(n => new XElement(
            Rsp + "Stream",
            new XAttribute("Name", n),
            id,
            new XAttribute("End", "true")
        ));
        var state = new XElement(
            Rsp + "CommandState",
            id,
            new XAttribute(
                "State",
                $"{Rsp.NamespaceName}/CommandState/{(output.ExitCode is null ? "Running" : "Done")}"
            ),
            output.ExitCode is { } code ? new XElement(Rsp + "ExitCode", unchecked((uint)code)) : null
        );
        return WinrmAnswer.Of(
            asked,
            Rsp.NamespaceName + "/ReceiveResponse",
            new XElement(Rsp + "ReceiveResponse", parts, output.ExitCode is null ? null : ends, state)
        );
    }

    private static WinrmAnswer Signal(WinrmRequest asked, Shell shell)
    {
        var signal = asked.Body.Element(Rsp + "Signal");
        if (Named(signal, shell) is not { } command)
            return WinrmFault.NoCommand.Answer(asked);
        command.End();
        if (signal?.Element(Rsp + "Code")?.Value.EndsWith("/signal/terminate", StringComparison.Ordinal) == true)
            shell.Commands.TryRemove(command.Id, out _);
        return WinrmAnswer.Of(asked, Rsp.NamespaceName + "/SignalResponse", new XElement(Rsp + "SignalResponse"));
    }

    private static WinrmCommand? Named(XElement? element, Shell shell) =>
        (string?)element?.Attribute("CommandId") is { } id && shell.Commands.TryGetValue(id, out var command)
            ? command
            : null;

    private void EndIdle()
    {
        foreach (var (id, shell) in _shells)
            if (time.GetElapsedTime(shell.UsedAt) >= shell.Idle && shell.Commands.Values.All(c => !c.IsRunning))
                _shells.TryRemove(id, out _);
    }

    private static string NewId() => Guid.NewGuid().ToString().ToUpperInvariant();

    private sealed record Shell(string Id, TimeSpan Idle)
    {
        public long UsedAt { get; set; }
        public ConcurrentDictionary<string, WinrmCommand> Commands { get; } = new(StringComparer.OrdinalIgnoreCase);

        public void End()
        {
            foreach (var command in Commands.Values)
                command.End();
        }
    }
}
