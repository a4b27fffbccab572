namespace VmPowerManager.LabSecrets;

/// <summary>Every secret that a person may give to the program, by the API's name, and a value to plant and look for. A test
/// that knows the program's own lists fails where one is missing here.</summary>
public static class PlantedSecrets
{
    /// <summary>Shorter than 20 bytes (IPMI), longer than 8 (SNMP), and in nobody's words.</summary>
    public static IReadOnlyDictionary<string, string> Values { get; } =
        new Dictionary<string, string>
        {
            ["nut.password"] = "cnry-nut-8Yq2W",
            ["snmp.community"] = "cnry-comm-5Tz9K",
            ["snmp.authPassword"] = "cnry-auth-3Lm7P",
            ["snmp.privPassword"] = "cnry-priv-6Rb1D",
            ["ups.discover.communities"] = "cnry-scan-9Xv4H",
            ["ssh.password"] = "cnry-ssh-2Jn8G",
            ["ssh.privateKey"] = "cnry-key-7Wd3F",
            ["ssh.passphrase"] = "cnry-phrase-4Kc6S",
            ["https.password"] = "cnry-https-1Vf5N",
            ["https.tokenSecret"] = "cnry-token-8Gh2B",
            ["direct.password"] = "cnry-own-4Mt6Y",
            ["winrm.password"] = "cnry-winrm-5Pq9T",
            ["wake[ipmi].password"] = "cnry-ipmi-3Zx7M",
            ["wake[redfish].password"] = "cnry-fish-6Qw1L",
            ["wake[pdu].password"] = "cnry-pdu-9Rt4C",
            ["wake[nutOutlet].password"] = "cnry-out-5Bd8Q",
            ["wake[wol].password"] = "c4:a7:9e:15:b3:6d",
            ["email.password"] = "cnry-mail-2Yh8J",
            ["webhook.secret"] = "cnry-hook-7Nb3V",
            ["webhook.headers"] = "cnry-head-4Sd6X",
            ["plans.http.headers"] = "cnry-step-3Fk9Z",
            ["users.password"] = "cnry-User-8Hk2Q-word",
            ["auth.password"] = "cnry-login-5Lp9W",
        };

    /// <summary>Ways to wake a host that have no password of their own.</summary>
    public static IReadOnlySet<string> WithoutPassword { get; } = new HashSet<string> { "proxmox" };

    /// <summary>Every address that shows a page, to be looked at once something is there; <c>Id</c> is filled in.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        "/",
        "/wall",
        "/welcome",
        "/ups",
        "/ups/find",
        "/ups/{Id:int}",
        "/canaries",
        "/hosts",
        "/hosts/{Id:int}",
        "/plans",
        "/plans/new",
        "/plans/{Id:int}",
        "/plans/{Id:int}/edit",
        "/runs",
        "/runs/{Id:int}",
        "/scenarios",
        "/scenarios/{Id}",
        "/events",
        "/notifications",
        "/users",
        "/account",
        "/account/password",
        "/sign-in",
        "/setup",
        "/not-found",
    ];
}
