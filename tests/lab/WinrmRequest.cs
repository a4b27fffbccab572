using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace VmPowerManager.Lab;

/// <summary>What a client asks of <see cref="WinrmServer"/>. Names as in MS-WSMV; written apart from the product's own.</summary>
public sealed class WinrmRequest
{
    internal static readonly XNamespace S = "http://www.w3.org/2003/05/soap-envelope";
    internal static readonly XNamespace A = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    internal static readonly XNamespace W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    internal static readonly XNamespace X = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    internal static readonly XNamespace Rsp = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
    internal const string Resource = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd";
    private static readonly HashSet<XName> Understood =
    [
        A + "To",
        A + "ReplyTo",
        A + "Action",
        A + "MessageID",
        W + "ResourceURI",
        W + "MaxEnvelopeSize",
        W + "OperationTimeout",
        W + "SelectorSet",
        W + "OptionSet",
    ];
    private readonly XElement _header;

    private WinrmRequest(XElement header, XElement body) => (_header, Body) = (header, body);

    public XElement Body { get; }
    public string Action => Of(A + "Action") ?? "";
    public string Verb => Action.Split('/')[^1];
    public string? MessageId => Of(A + "MessageID");

    public string? ShellId =>
        _header
            .Descendants(W + "Selector")
            .FirstOrDefault(s => (string?)s.Attribute("Name") == "ShellId")
            ?.Value.Trim();

    public int MostBytes =>
        int.TryParse(Of(W + "MaxEnvelopeSize"), CultureInfo.InvariantCulture, out var n) ? n : 153_600;

    public TimeSpan Patience =>
        Of(W + "OperationTimeout") is { } d ? XmlConvert.ToTimeSpan(d) : TimeSpan.FromSeconds(60);

    /// <summary>What Windows would refuse before it looks at the body; null: nothing.</summary>
    public WinrmFault? Wrong =>
        MessageId is null || Of(A + "To") is null || _header.Element(A + "ReplyTo")?.Element(A + "Address") is null
            ? WinrmFault.Malformed
        : Of(W + "ResourceURI") != Resource ? WinrmFault.NoResource
        : MostBytes < 8192 ? WinrmFault.SmallEnvelope
        : _header
            .Elements()
            .Any(e => (string?)e.Attribute(S + "mustUnderstand") is "true" or "1" && !Understood.Contains(e.Name))
            ? WinrmFault.NotUnderstood
        : null;

    /// <summary>Null: not SOAP at all.</summary>
    public static WinrmRequest? Read(byte[] text)
    {
        try
        {
            var root = XDocument.Load(new MemoryStream(text)).Root;
            return
                root?.Name == S + "Envelope" && root.Element(S + "Header") is { } h && root.Element(S + "Body") is { } b
                ? new WinrmRequest(h, b)
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private string? Of(XName name) => _header.Element(name)?.Value.Trim();
}

/// <summary>What it is told.</summary>
public sealed record WinrmAnswer(XElement Envelope, bool IsFault)
{
    internal static WinrmAnswer Of(WinrmRequest? asked, string action, params object?[] body) =>
        new(Wrap(asked, action, body), false);

    internal static XElement Wrap(WinrmRequest? asked, string action, params object?[] body) =>
        new(
            WinrmRequest.S + "Envelope",
            new XAttribute(XNamespace.Xmlns + "s", WinrmRequest.S.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "a", WinrmRequest.A.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "w", WinrmRequest.W.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "x", WinrmRequest.X.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "rsp", WinrmRequest.Rsp.NamespaceName),
            new XElement(
                WinrmRequest.S + "Header",
                new XElement(WinrmRequest.A + "Action", action),
                new XElement(WinrmRequest.A + "MessageID", $"uuid:{Guid.NewGuid().ToString().ToUpperInvariant()}"),
                new XElement(WinrmRequest.A + "To", "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"),
                asked?.MessageId is { } id ? new XElement(WinrmRequest.A + "RelatesTo", id) : null
            ),
            new XElement(WinrmRequest.S + "Body", body)
        );
}

/// <summary>A refusal, with the number, the subcode and words as Windows has them.</summary>
public sealed record WinrmFault(uint Code, string Subcode, string Words)
{
    private static readonly XNamespace F = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";

    public static readonly WinrmFault Malformed = new(
        2150858974,
        "wsman:SchemaValidationError",
        "The WS-Management service cannot process the request because the XML is invalid."
    );
    public static readonly WinrmFault NotUnderstood = new(
        2150858767,
        "s:MustUnderstand",
        "A header is not understood."
    );
    public static readonly WinrmFault SmallEnvelope = new(
        2150858813,
        "w:EncodingLimit",
        "MaxEnvelopeSize is less than 8192."
    );
    public static readonly WinrmFault NoResource = new(
        2150858778,
        "a:DestinationUnreachable",
        "The service does not support the resource URI."
    );
    public static readonly WinrmFault NoAction = new(
        2150858754,
        "a:ActionNotSupported",
        "The action is not supported."
    );
    public static readonly WinrmFault NothingYet = new(
        2150858793,
        "w:TimedOut",
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
    );
    public static readonly WinrmFault NoCommand = new(87, "w:InvalidParameter", "The parameter is incorrect.");
    public static readonly WinrmFault Denied = new(5, "w:AccessDenied", "Access is denied.");

    public static WinrmFault NoShell(string? id) =>
        new(
            2150858843,
            "w:InvalidSelectors",
            $"The request for the Windows Remote Shell with ShellId {id} failed because the shell was not found on the server."
        );

    public static WinrmFault TooManyShells(int most) =>
        new(
            2150859173,
            "w:QuotaLimit",
            "The WS-Management service cannot process the request. "
                + $"This user is allowed a maximum number of {most} concurrent shells, which has been exceeded. "
        );

    public WinrmAnswer Answer(WinrmRequest? asked) =>
        new(
            WinrmAnswer.Wrap(
                asked,
                "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
                new XElement(
                    WinrmRequest.S + "Fault",
                    new XElement(
                        WinrmRequest.S + "Code",
                        new XElement(WinrmRequest.S + "Value", "s:Receiver"),
                        new XElement(WinrmRequest.S + "Subcode", new XElement(WinrmRequest.S + "Value", Subcode))
                    ),
                    new XElement(
                        WinrmRequest.S + "Reason",
                        new XElement(WinrmRequest.S + "Text", new XAttribute(XNamespace.Xml + "lang", "en-US"), Words)
                    ),
                    new XElement(
                        WinrmRequest.S + "Detail",
                        new XElement(
                            F + "WSManFault",
                            new XAttribute(XNamespace.Xmlns + "f", F.NamespaceName),
                            new XAttribute("Code", Code),
                            new XAttribute("Machine", "lab"),
                            new XElement(F + "Message", Words)
                        )
                    )
                )
            ),
            true
        );
}
