using System.Text;
using System.Xml;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>Reads an answer into elements: no DTD, no external entity, bounded in depth and number. Text is kept only where
/// an element holds nothing else.</summary>
internal static class VimXml
{
    private const string Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    /// <exception cref="DeviceException">ProtocolError: it is not XML, or breaks a bound.</exception>
    public static VimElement Read(Stream answer, VimLimits limits)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = limits.Bytes,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        };
        try
        {
            using var reader = XmlReader.Create(answer, settings);
            return ReadDocument(reader, limits);
        }
        catch (XmlException e)
        {
            throw Broken(e.Message, e);
        }
        // The reader's own words for bytes that are no text of the declared encoding.
        catch (Exception e) when (e is DecoderFallbackException or ArgumentException or InvalidOperationException)
        {
            throw Broken(e.Message, e);
        }
    }

    private static VimElement ReadDocument(XmlReader reader, VimLimits limits)
    {
        var open = new Stack<Open>();
        var elements = 0;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (++elements > limits.Elements)
                        throw Broken($"more than {limits.Elements} elements", null);
                    if (open.Count >= limits.Depth)
                        throw Broken($"elements nested deeper than {limits.Depth}", null);
                    var next = Begin(reader);
                    if (!reader.IsEmptyElement)
                        open.Push(next);
                    else if (Close(open, next) is { } alone)
                        return alone;
                    break;
                case XmlNodeType.EndElement when Close(open, open.Pop()) is { } root:
                    return root;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    open.Peek().Text.Append(reader.Value);
                    break;
            }
        }
        throw Broken("it ends early", null);
    }

    private static Open Begin(XmlReader reader)
    {
        var type = reader.GetAttribute("type", Xsi);
        return new Open(
            reader.NamespaceURI,
            reader.LocalName,
            type?[(type.LastIndexOf(':') + 1)..],
            reader.GetAttribute("type")
        );
    }

    /// <summary>Hands an element that ended to the one around it; the outermost is the answer.</summary>
    private static VimElement? Close(Stack<Open> open, Open ended)
    {
        var element = ended.ToElement();
        if (!open.TryPeek(out var around))
            return element;
        around.Add(element);
        return null;
    }

    private static DeviceException Broken(string why, Exception? inner) =>
        new(DeviceFault.ProtocolError, $"The answer is not SOAP as expected: {why}", inner);

    /// <summary>An element whose end was not read yet.</summary>
    private sealed class Open(string space, string name, string? type, string? refType)
    {
        private List<VimElement>? _children;

        public StringBuilder Text { get; } = new(0);

        public void Add(VimElement child) => (_children ??= []).Add(child);

        public VimElement ToElement() =>
            new(
                space,
                name,
                type,
                refType,
                _children is null ? Text.ToString() : "",
                _children ?? (IReadOnlyList<VimElement>)[]
            );
    }
}
