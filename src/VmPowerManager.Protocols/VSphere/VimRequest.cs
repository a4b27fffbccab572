using System.Text;
using System.Xml;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>Writes the envelope of a call. Everything that comes from outside is text, escaped by the writer.</summary>
internal static class VimRequest
{
    public const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    public const string Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        CheckCharacters = true,
    };

    /// <exception cref="DeviceException">Refused: an argument holds a character that XML cannot carry.</exception>
    public static byte[] Write(string method, VimRef target, Action<XmlWriter>? arguments)
    {
        using var bytes = new MemoryStream();
        try
        {
            using var xml = XmlWriter.Create(bytes, Settings);
            xml.WriteStartElement("soapenv", "Envelope", Soap);
            xml.WriteAttributeString("xmlns", "xsi", null, Xsi);
            xml.WriteStartElement("Body", Soap);
            xml.WriteStartElement(method, VimFaults.Vim);
            xml.Reference("_this", target);
            arguments?.Invoke(xml);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        catch (ArgumentException)
        {
            // Its message would name the character, which may be one of a password.
            throw new DeviceException(DeviceFault.Refused, "A value holds a character that cannot be sent to vSphere.");
        }
        return bytes.ToArray();
    }

    public static void Reference(this XmlWriter xml, string name, VimRef target)
    {
        xml.WriteStartElement(name, VimFaults.Vim);
        xml.WriteAttributeString("type", target.Type);
        xml.WriteString(target.Id);
        xml.WriteEndElement();
    }

    public static void Text(this XmlWriter xml, string name, string value) =>
        xml.WriteElementString(name, VimFaults.Vim, value);

    public static void Flag(this XmlWriter xml, string name, bool value) => xml.Text(name, value ? "true" : "false");

    public static void Number(this XmlWriter xml, string name, int value) =>
        xml.Text(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
