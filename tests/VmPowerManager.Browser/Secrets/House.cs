using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser.Secrets;

/// <summary>Bodies in which every secret that there is has a planted value: some of them right, so that they are used to the
/// end, some wrong, so that they are told to be.</summary>
public sealed partial class House(Lab lab, IReadOnlyDictionary<string, string> planted, Parrot parrot, LineParrot lines)
{
    public const string NutPassword = "adminpass";
    public const string SshPassword = "lab-password-12";
    public const string Phrase = "lab-phrase-12";
    public const string IpmiPassword = "lab-oper-12";
    public const string Auth = "authpass12";
    public const string Priv = "privpass12";

    private string KeyFile => Path.Combine(lab.Folder, "ssh", "id_encrypted");

    /// <summary>The lab's own secrets, which are right.</summary>
    public static IReadOnlyDictionary<string, string> Right(Lab lab) =>
        new Dictionary<string, string>
        {
            ["right nut.password"] = NutPassword,
            ["right ssh.password"] = SshPassword,
            ["right ssh.passphrase"] = Phrase,
            ["right ssh.privateKey"] = File.ReadAllLines(Path.Combine(lab.Folder, "ssh", "id_encrypted"))[3],
            ["right snmp.authPassword"] = Auth,
            ["right snmp.privPassword"] = Priv,
            ["right wake[ipmi].password"] = IpmiPassword,
            ["right email.password"] = MailServer.Password,
        };

    public IReadOnlyList<JsonObject> Upses() =>
        [
            Nut("ups1", lab.NutPort, NutPassword),
            Nut("ups2", lab.NutPort, planted["nut.password"]),
            Nut("parrot", lines.Port, planted["nut.password"]),
            Ups(
                "quiet",
                "snmp",
                new()
                {
                    ["version"] = "v2c",
                    ["port"] = lab.SnmpPort,
                    ["community"] = planted["snmp.community"],
                }
            ),
            Ups("v3", "snmp", V3(Auth, Priv)),
            Ups("v3 wrong", "snmp", V3(planted["snmp.authPassword"], planted["snmp.privPassword"])),
        ];

    public IReadOnlyList<JsonObject> Hosts(int ups) =>
        [
            Host(
                "keyed",
                "ssh",
                ups,
                new()
                {
                    ["ssh"] = Ssh(("privateKey", File.ReadAllText(KeyFile)), ("passphrase", Phrase)),
                    ["wake"] = Wakes(),
                }
            ),
            Host(
                "plain",
                "ssh",
                ups,
                new() { ["ssh"] = Ssh(("password", SshPassword)), ["wake"] = new JsonArray(WolBy(1)) }
            ),
            Host("wrong", "ssh", ups, new() { ["ssh"] = Ssh(("password", planted["ssh.password"])) }),
            Host(
                "wrong key",
                "libvirt",
                ups,
                new()
                {
                    ["ssh"] = Ssh(
                        ("privateKey", $"{planted["ssh.privateKey"]}\n"),
                        ("passphrase", planted["ssh.passphrase"])
                    ),
                }
            ),
            Host(
                "esxi",
                "vsphere",
                ups,
                new() { ["https"] = Https(("userName", "root"), ("password", planted["https.password"])) }
            ),
            Host("esxi 2", "vsphere", ups, Managed()),
            Host(
                "pve1",
                "proxmox",
                ups,
                new() { ["https"] = Https(("tokenId", "vmpm@pve!t"), ("tokenSecret", planted["https.tokenSecret"])) }
            ),
            Host(
                "pve2",
                "proxmox",
                ups,
                new() { ["https"] = Https(("userName", "vmpm@pve"), ("password", planted["https.password"])) }
            ),
            Host(
                "pbs",
                "pbs",
                ups,
                new() { ["https"] = Https(("userName", "vmpm@pbs"), ("password", planted["https.password"])) }
            ),
            Host("hyper", "hyperv", ups, new() { ["winrm"] = Winrm("basic") }),
            Host("hyper 2", "hyperv", ups, new() { ["winrm"] = Winrm("ntlm") }),
        ];

    public IReadOnlyList<JsonObject> Channels() =>
        [
            Channel("mail", "email", Email(MailServer.Password)),
            Channel("mail wrong", "email", Email(planted["email.password"])),
            Channel(
                "hook",
                "webhook",
                new()
                {
                    ["url"] = $"{parrot.Url}/hook",
                    ["secret"] = planted["webhook.secret"],
                    ["headers"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "Authorization",
                            ["value"] = $"Bearer {planted["webhook.headers"]}",
                        }
                    ),
                    ["certificateFingerprint"] = parrot.Fingerprint,
                }
            ),
        ];

    /// <summary>A step that asks a server which quotes all that it was told.</summary>
    public JsonObject Request(int host) =>
        new()
        {
            ["target"] = new JsonObject { ["hostId"] = host },
            ["action"] = "command",
            ["timeoutSeconds"] = 10,
            ["http"] = new JsonObject
            {
                ["url"] = $"{parrot.Url}/step",
                ["headers"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "Authorization",
                        ["secret"] = true,
                        ["value"] = $"Bearer {planted["plans.http.headers"]}",
                    }
                ),
            },
        };
}
