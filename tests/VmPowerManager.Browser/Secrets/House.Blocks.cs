using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser.Secrets;

/// <summary>The parts of the bodies.</summary>
public sealed partial class House
{
    private JsonArray Wakes() =>
        [
            Wake("ipmi", lab.IpmiPort, planted["wake[ipmi].password"]),
            Wake("redfish", parrot.Port, planted["wake[redfish].password"]),
            Outlet("pdu", lab.SnmpPort, "1"),
            Outlet("nutOutlet", lines.Port, "parrot:1"),
            Wake("ipmi", lab.IpmiPort, IpmiPassword),
        ];

    private JsonObject Outlet(string method, int port, string outlet)
    {
        var pdu = Wake(method, port, planted[$"wake[{method}].password"]);
        pdu["outlet"] = outlet;
        return pdu;
    }

    private static JsonObject Wake(string method, int port, string password) =>
        new()
        {
            ["method"] = method,
            ["host"] = "127.0.0.1",
            ["port"] = port,
            ["userName"] = "oper",
            ["password"] = password,
        };

    private JsonObject WolBy(int relay) =>
        new()
        {
            ["method"] = "wol",
            ["macAddress"] = "02:00:00:00:00:01",
            ["host"] = "127.0.0.1",
            ["relayHostId"] = relay,
            ["password"] = planted["wake[wol].password"],
        };

    private JsonObject Ssh(params (string Name, string Value)[] secrets) =>
        With(
            new()
            {
                ["host"] = "127.0.0.1",
                ["port"] = lab.SshPort,
                ["userName"] = "lab",
                ["shutdownCommand"] = "sudo -n shutdown -h now",
            },
            secrets
        );

    /// <summary>A host behind a vCenter, and its own address: the same parrot under another name.</summary>
    private JsonObject Managed()
    {
        var https = Https(("userName", "root"), ("password", planted["https.password"]));
        https["hostName"] = "esx2";
        var direct = Https(("userName", "root"), ("password", planted["direct.password"]));
        direct["baseUrl"] = $"https://localhost:{parrot.Port}";
        return new() { ["https"] = https, ["direct"] = direct };
    }

    private JsonObject Https(params (string Name, string Value)[] secrets) =>
        With(new() { ["baseUrl"] = parrot.Url }, secrets);

    private JsonObject Winrm(string authentication) =>
        new()
        {
            ["host"] = "127.0.0.1",
            ["port"] = parrot.Port,
            ["useTls"] = true,
            ["userName"] = "vmpm",
            ["authentication"] = authentication,
            ["password"] = planted["winrm.password"],
        };

    private JsonObject Email(string password) =>
        new()
        {
            ["host"] = "127.0.0.1",
            ["port"] = lab.SmtpPort,
            ["userName"] = MailServer.User,
            ["password"] = password,
            ["from"] = "power@lab.test",
            ["to"] = new JsonArray("ops@lab.test"),
            ["certificateFingerprint"] = lab.Mail.Fingerprint,
        };

    private JsonObject V3(string auth, string priv) =>
        new()
        {
            ["version"] = "v3",
            ["port"] = lab.SnmpPort,
            ["userName"] = "sha-aes",
            ["authProtocol"] = "sha1",
            ["authPassword"] = auth,
            ["privProtocol"] = "aes128",
            ["privPassword"] = priv,
        };

    private static JsonObject Nut(string ups, int port, string password) =>
        Ups(
            ups,
            "nut",
            new()
            {
                ["port"] = port,
                ["upsName"] = ups,
                ["userName"] = "admin",
                ["password"] = password,
            }
        );

    private static JsonObject Ups(string name, string driver, JsonObject block)
    {
        block["host"] = "127.0.0.1";
        return new()
        {
            ["name"] = name,
            ["driver"] = driver,
            ["pollSeconds"] = 1,
            ["confirmSeconds"] = 1,
            [driver] = block,
        };
    }

    private static JsonObject Host(string name, string platform, int ups, JsonObject body)
    {
        body["name"] = name;
        body["platform"] = platform;
        body["supplies"] = new JsonArray(new JsonObject { ["upsId"] = ups, ["powerValue"] = 1 });
        body["minSupplies"] = 1;
        return body;
    }

    private static JsonObject Channel(string name, string kind, JsonObject block) =>
        new()
        {
            ["name"] = name,
            ["kind"] = kind,
            ["subscriptions"] = new JsonArray(new JsonObject { ["eventType"] = "run.*" }),
            [kind] = block,
        };

    private static JsonObject With(JsonObject block, (string Name, string Value)[] secrets)
    {
        foreach (var (name, value) in secrets)
            block[name] = value;
        return block;
    }
}
