using System.Text.Json.Nodes;
using System.Xml.Linq;
using VmPowerManager.Core.Plans;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Plans.Requests;

/// <summary>Values in a request are data, whatever they hold and wherever they stand.</summary>
public sealed class RequestTextTests
{
    private const string Evil = "a/../b?c=d&e#f \"},{\"x\":1,\\ <y/> 'ü' %41 {ups.charge}\r\nX: y";
    private static readonly string OneLine = Evil.Replace("\r\n", "  ", StringComparison.Ordinal);

    private static readonly Dictionary<string, string?> Values = new()
    {
        ["plan.name"] = Evil,
        ["ups.charge"] = "87",
        ["ups.name"] = "..",
    };

    private static HttpDefinition Http(string body, string type = HttpDefinition.Json) =>
        new()
        {
            Url = "https://h/",
            Body = body,
            ContentType = type,
        };

    [Fact]
    public void InAnAddress_IsPercentEncoded()
    {
        var url = RequestText.Url(
            new() { Url = "https://ha.lan:8123/api/{plan.name}/x?q={plan.name}&c={ups.charge}" },
            Values
        );

        Assert.Equal(("ha.lan", 8123), (url.Host, url.Port));
        Assert.Equal(4, url.Segments.Length);
        Assert.Equal(OneLine, Uri.UnescapeDataString(url.Segments[2].TrimEnd('/')));
        Assert.Equal($"?q={Uri.EscapeDataString(OneLine)}&c=87", url.Query);
        Assert.Empty(url.Fragment);
    }

    [Fact]
    public void DotsAlone_LeadNowhere()
    {
        var e = Assert.Throws<DeviceException>(() =>
            RequestText.Url(new() { Url = "https://ha.lan/api/{ups.name}/x" }, Values)
        );
        Assert.Equal(DeviceFault.Refused, e.Fault);
    }

    [Fact]
    public void InJson_IsATextOrANumber_AndTheShapeStays()
    {
        const string body = """
            {"name": "{plan.name}", "charge": "{ups.charge}", "words": "at {ups.charge} %", "run": "{run.id}", "list": ["{plan.name}", 1, null, true]}
            """;

        var read = JsonNode.Parse(RequestText.Body(Http(body), Values) ?? "")!.AsObject();

        Assert.Equal(["name", "charge", "words", "run", "list"], read.Select(p => p.Key));
        Assert.Equal(OneLine, (string?)read["name"]);
        Assert.Equal(87, (double?)read["charge"]);
        Assert.Equal("at 87 %", (string?)read["words"]);
        Assert.Null(read["run"]); // not known
        Assert.Equal(OneLine, (string?)read["list"]![0]);
    }

    [Fact]
    public void InAForm_AndInXml_IsEncodedForThem()
    {
        var form = RequestText.Body(Http("a={plan.name}&b={ups.charge}", HttpDefinition.Form), Values)!;
        Assert.Equal(["a", "b"], form.Split('&').Select(p => p.Split('=')[0]));
        var xml = XElement.Parse(
            RequestText.Body(Http("<a b=\"{plan.name}\">{plan.name}</a>", "application/xml"), Values)!
        );
        Assert.Equal((OneLine, OneLine), (xml.Value, xml.Attribute("b")?.Value));
        Assert.Empty(xml.Elements());
    }

    [Fact]
    public void InAHeader_NothingEndsIt()
    {
        var value = RequestText.Header("run {plan.name}", Values);
        Assert.All(value, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public void BodyWithoutPlaceholders_IsSentAsWritten() =>
        Assert.Equal("{ \"a\" : 1 }", RequestText.Body(Http("{ \"a\" : 1 }"), Values));
}
