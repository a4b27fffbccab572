using System.Globalization;
using System.Xml.Linq;
using static VmPowerManager.Protocols.WsMan.WsmanNames;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>The five requests of a remote shell (MS-WSMV 3.1.4). Text of others goes in as XML text, never as markup.</summary>
internal sealed class WsmanRequest(Uri to, WsmanLimits limits)
{
    /// <summary>Console output in UTF-8, no profile of the user's.</summary>
    public string CreateShell() =>
        Envelope(
            Create,
            null,
            [("WINRS_NOPROFILE", "TRUE"), ("WINRS_CODEPAGE", "65001")],
            new XElement(
                Shell + "Shell",
                new XElement(Shell + "InputStreams", "stdin"),
                new XElement(Shell + "OutputStreams", "stdout stderr"),
                new XElement(Shell + "IdleTimeOut", Duration(limits.ShellIdle))
            )
        );

    /// <summary>Run by cmd.exe: at most 8,191 characters.</summary>
    public string Run(string shellId, string program, IEnumerable<string> arguments) =>
        Envelope(
            Command,
            shellId,
            [("WINRS_CONSOLEMODE_STDIN", "TRUE"), ("WINRS_SKIP_CMD_SHELL", "FALSE")],
            new XElement(
                Shell + "CommandLine",
                new XElement(Shell + "Command", program),
                arguments.Select(a => new XElement(Shell + "Arguments", a))
            )
        );

    public string ReceiveOutput(string shellId, string commandId) =>
        Envelope(
            Receive,
            shellId,
            [],
            new XElement(
                Shell + "Receive",
                new XElement(Shell + "DesiredStream", new XAttribute("CommandId", commandId), "stdout stderr")
            )
        );

    public string EndCommand(string shellId, string commandId) =>
        Envelope(
            Signal,
            shellId,
            [],
            new XElement(
                Shell + "Signal",
                new XAttribute("CommandId", commandId),
                new XElement(Shell + "Code", Terminate)
            )
        );

    public string DeleteShell(string shellId) => Envelope(Delete, shellId, [], null);

    private string Envelope(string action, string? shellId, (string Name, string Value)[] options, XElement? body)
    {
        var header = new XElement(
            Soap + "Header",
            new XElement(Addressing + "To", to.AbsoluteUri),
            new XElement(Addressing + "ReplyTo", new XElement(Addressing + "Address", Must(true), Anonymous)),
            new XElement(Wsman + "ResourceURI", Must(true), CmdShell),
            new XElement(Addressing + "Action", Must(true), action),
            new XElement(Addressing + "MessageID", $"uuid:{Guid.NewGuid()}"),
            new XElement(Wsman + "MaxEnvelopeSize", Must(true), limits.EnvelopeBytes),
            new XElement(Wsman + "Locale", English, Must(false)),
            new XElement(Windows + "DataLocale", English, Must(false)),
            new XElement(Wsman + "OperationTimeout", Duration(limits.Operation))
        );
        if (shellId is not null)
            header.Add(
                new XElement(
                    Wsman + "SelectorSet",
                    new XElement(Wsman + "Selector", new XAttribute("Name", "ShellId"), shellId)
                )
            );
        if (options.Length > 0)
            header.Add(
                new XElement(
                    Wsman + "OptionSet",
                    Must(true),
                    options.Select(o => new XElement(Wsman + "Option", new XAttribute("Name", o.Name), o.Value))
                )
            );
        var envelope = new XElement(
            Soap + "Envelope",
            new XAttribute(XNamespace.Xmlns + "s", Soap.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "a", Addressing.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "w", Wsman.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "p", Windows.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "rsp", Shell.NamespaceName),
            header,
            new XElement(Soap + "Body", body)
        );
        return envelope.ToString(SaveOptions.DisableFormatting);
    }

    private static XAttribute English => new(XNamespace.Xml + "lang", "en-US");

    private static XAttribute Must(bool understand) => new(Soap + "mustUnderstand", understand ? "true" : "false");

    private static string Duration(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"PT{time.TotalSeconds:0.000}S");
}
