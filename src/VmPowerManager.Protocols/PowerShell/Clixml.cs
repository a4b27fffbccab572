using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace VmPowerManager.Protocols.PowerShell;

/// <summary>What PowerShell writes to standard error when its script came by <c>-EncodedCommand</c>: errors as serialised
/// objects (MS-PSRP 2.2.5) behind <c>#&lt; CLIXML</c>. Turned into the words that a person would have seen.</summary>
public static partial class Clixml
{
    private const string Mark = "#< CLIXML";
    private const int MostDepth = 64;

    /// <summary>Plain text is given back as it is. What looks like CLIXML and cannot be read, without its markup.</summary>
    public static string Words(string error)
    {
        var at = error.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
            return Plain(error);
        var said = new StringBuilder(error[..at]);
        var xml = error[(at + Mark.Length)..];
        try
        {
            Read(xml, said);
        }
        // Cut off at a bound, or mixed with the output of other programs.
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            return Plain(error[..at] + Decode(Markup().Replace(xml, " ")));
        }
        return Plain(said.ToString());
    }

    /// <summary>Progress, warnings and other streams are left out.</summary>
    private static void Read(string xml, StringBuilder said)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            ConformanceLevel = ConformanceLevel.Fragment,
            MaxCharactersInDocument = xml.Length,
        };
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        var more = reader.Read();
        while (more)
        {
            if (reader.Depth > MostDepth)
                throw new XmlException("nested too deep");
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "S" } && reader.GetAttribute("S") == "Error")
            {
                said.Append(Decode(reader.ReadElementContentAsString()));
                more = reader.NodeType != XmlNodeType.None;
            }
            else
            {
                if (reader.NodeType is XmlNodeType.Text && reader.Depth == 0)
                    said.Append(reader.Value);
                more = reader.Read();
            }
        }
    }

    /// <summary>PowerShell writes a character that XML does not allow as <c>_xHHHH_</c>.</summary>
    private static string Decode(string text) =>
        Escaped()
            .Replace(
                text,
                m =>
                    (
                        (char)ushort.Parse(m.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    ).ToString()
            );

    /// <summary>The error itself: not where in our script it was, and no colours.</summary>
    private static string Plain(string text)
    {
        var lines = Colour()
            .Replace(text, "")
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToList();
        var where = lines.FindIndex(l => Position().IsMatch(l));
        return string.Join(' ', where > 0 ? lines.Take(where) : lines);
    }

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"\x1B\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colour();

    [GeneratedRegex("<[^<>]*>?")]
    private static partial Regex Markup();

    /// <summary>The line after the message: "At line:1 char:5", in the host's language, ends so; or "+ CategoryInfo".</summary>
    [GeneratedRegex(@"^\+ |^\S.{0,40}:\d+ .{1,20}:\d+$|^\|? *\| |^Line \|")]
    private static partial Regex Position();
}
