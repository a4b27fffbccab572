using VmPowerManager.Lab;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>The lab's v3 users, one for each pair of protocols.</summary>
internal static class SnmpdUsers
{
    public static SnmpEndpoint As(SnmpEndpoint ups, SnmpAuth auth, SnmpPrivacy privacy)
    {
        var cipher = privacy.ToString().ToLowerInvariant();
        var user = auth switch
        {
            SnmpAuth.None => "none",
            _ when privacy is SnmpPrivacy.None => "sha-none",
            SnmpAuth.Sha1 => $"sha-{cipher}",
            _ => $"{auth.ToString().ToLowerInvariant()}-{cipher}",
        };
        return ups with
        {
            Version = SnmpVersion.V3,
            UserName = user.Replace("aes128", "aes", StringComparison.Ordinal),
            Auth = auth,
            AuthPassword = SnmpLab.AuthPassword,
            Privacy = privacy,
            PrivacyPassword = SnmpLab.PrivacyPassword,
        };
    }
}
