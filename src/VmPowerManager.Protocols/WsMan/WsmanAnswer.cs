using System.Xml;
using System.Xml.Linq;
using static VmPowerManager.Protocols.WsMan.WsmanNames;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>An answer of a WinRM service: bounded, without a DTD, and what of it matters here.</summary>
internal sealed class WsmanAnswer
{
    private const int MostDepth = 64;
    private readonly XElement _body;

    private WsmanAnswer(XElement body) => _body = body;

    /// <exception cref="WsmanException">ProtocolError: not XML, not SOAP, too deep.</exception>
    public static WsmanAnswer Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using (var reader = Reader(bytes))
                while (reader.Read())
                    if (reader.Depth > MostDepth)
                        throw Wrong("nested too deep");
            using var again = Reader(bytes);
            var root = XDocument.Load(again).Root;
            return root?.Name == Soap + "Envelope" && root.Element(Soap + "Body") is { } body
                ? new WsmanAnswer(body)
                : throw Wrong("no SOAP envelope");
        }
        // Bytes that are no text of the encoding that they name throw Argument exceptions.
        catch (Exception e) when (e is XmlException or ArgumentException or InvalidOperationException)
        {
            throw Wrong(e.Message, e);
        }
    }

    /// <summary>What the service refused, or null.</summary>
    public WsmanFault? Fault => _body.Element(Soap + "Fault") is { } fault ? WsmanFault.Read(fault) : null;

    /// <summary>Of a Create: Windows gives it as selector, other services in the shell's own element.</summary>
    public string ShellId =>
        Text(_body.Descendants(Wsman + "Selector").FirstOrDefault(s => (string?)s.Attribute("Name") == "ShellId"))
        ?? Text(_body.Descendants(Shell + "ShellId").FirstOrDefault())
        ?? throw Wrong("no ShellId");

    /// <summary>Of a Command.</summary>
    public string CommandId =>
        Text(_body.Descendants(Shell + "CommandId").FirstOrDefault()) ?? throw Wrong("no CommandId");

    /// <summary>Of a Receive: pieces of output in order.</summary>
    public IEnumerable<(bool IsError, byte[] Bytes)> Streams(string commandId)
    {
        foreach (var stream in _body.Descendants(Shell + "Stream"))
        {
            if (!Of(stream, commandId) || stream.Value.Length == 0)
                continue;
            byte[] bytes;
            try
            {
                bytes = Convert.FromBase64String(stream.Value);
            }
            catch (FormatException e)
            {
                throw Wrong("output that is not base64", e);
            }
            yield return ((string?)stream.Attribute("Name") == "stderr", bytes);
        }
    }

    /// <summary>Of a Receive: null while the command runs.</summary>
    public int? ExitCode(string commandId)
    {
        var state = _body.Descendants(Shell + "CommandState").FirstOrDefault(s => Of(s, commandId));
        if (state is null || ((string?)state.Attribute("State"))?.EndsWith(Done, StringComparison.Ordinal) != true)
            return null;
        return uint.TryParse(Text(state.Element(Shell + "ExitCode")), out var code) ? unchecked((int)code)
            : int.TryParse(Text(state.Element(Shell + "ExitCode")), out var signed) ? signed
            : throw Wrong("an end without exit code");
    }

    private static bool Of(XElement element, string commandId) =>
        string.Equals((string?)element.Attribute("CommandId"), commandId, StringComparison.OrdinalIgnoreCase);

    private static string? Text(XElement? element) =>
        string.IsNullOrWhiteSpace(element?.Value) ? null : element.Value.Trim();

    private static XmlReader Reader(ReadOnlyMemory<byte> bytes) =>
        XmlReader.Create(
            new MemoryStream(bytes.ToArray(), writable: false),
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                CloseInput = true,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
            }
        );

    private static WsmanException Wrong(string what, Exception? inner = null) =>
        new(DeviceFault.ProtocolError, $"The answer is not of WS-Management: {what}", inner);
}
