using VmPowerManager.Hosts;
using VmPowerManager.Lab;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>A vCenter with two hosts, and one of these hosts as an ESXi of its own at another address: two simulators, of which
/// the second has the guests that the first one says are there, under the ids by which that one knows them.</summary>
public abstract class VSphereDirectBench(VSphereStands stands, LabFolder lab) : EsxiShellBench(stands, lab)
{
    private protected sealed record Pair(VSphereStand VCenter, VSphereStand Esxi, HostDevice Host, string[] Guests)
    {
        public VimRef VCenterVm { get; init; }

        /// <summary>The vCenter's own, as the vCenter says.</summary>
        public string VCenterGuest => Guests[0];

        public async Task EndVCenterAsync()
        {
            await VCenter.Front.DisposeAsync();
            await VCenter.Server.KillAsync();
        }
    }

    private protected async Task<Pair> PairAsync()
    {
        var vcenter = await StandAsync(false, "-hosts", "2", "-vms", "6");
        var host = (await vcenter.HostsAsync()).OrderBy(h => h.Text("name"), StringComparer.Ordinal).First();
        var vms = (await vcenter.VmsAsync()).Values.Where(v => v.Reference("runtime.host") == host.Ref).ToList();
        Assert.NotEmpty(vms);
        var esxi = await StandAsync(true, "-l", "127.0.0.2:0", "-vms", $"{vms.Count}");
        foreach (var (own, known) in (await esxi.VmsAsync()).Values.Zip(vms))
            await IdentifyAsync(esxi, own.Ref, IdOf(known));
        var (here, there) = (await HardwareAsync(vcenter, host.Ref), await esxi.HardwareAsync());
        vcenter.Front.Rule(async c =>
            c.Method switch
            {
                "FindByIp" => VSphereFront.Response(
                    c.Method,
                    $"<returnval type=\"VirtualMachine\">{vms[0].Ref.Id}</returnval>"
                ),
                // It is the same machine: the simulators make up a hardware UUID for each.
                "RetrievePropertiesEx" => (await c.AskAsync()).Replace(here, there, StringComparison.Ordinal),
                _ => null,
            }
        );
        var device = vcenter.Device(Own, host.Text("name"));
        return new(vcenter, esxi, WithDirect(device, esxi.Server.Url), [.. vms.Select(IdOf)])
        {
            VCenterVm = vms[0].Ref,
        };
    }

    private protected static HostDevice WithDirect(
        HostDevice host,
        Uri url,
        string password = VSphereLab.Password,
        string? pinned = null,
        SshSettings? ssh = null
    )
    {
        var secrets = new Dictionary<string, string>(host.Secrets) { [HostSecrets.DirectPassword] = password };
        if (ssh is not null)
            secrets[HostSecrets.SshPassword] = "lab-password-12";
        var settings = HostSettings.Of(host) with
        {
            Direct = new HttpsSettings
            {
                BaseUrl = url.ToString(),
                UserName = "root",
                CertificateFingerprint = pinned,
            },
            Ssh = ssh,
        };
        return host with { Settings = settings.ToElement(), Secrets = secrets };
    }

    private protected static GuestState StateOf(HostInventory seen, string guest) =>
        seen.Guests.Single(g => g.ExternalId == guest).State;

    private static async Task<string> HardwareAsync(VSphereStand stand, VimRef host) =>
        (await stand.Session.ReadAsync(host, ["hardware.systemInfo.uuid"], Ct)).Text("hardware.systemInfo.uuid")!; // not null: every host has one

    private static async Task IdentifyAsync(VSphereStand esxi, VimRef vm, string id)
    {
        await esxi.Session.CallAsync(
            "ReconfigVM_Task",
            _ => vm,
            xml =>
            {
                xml.WriteStartElement("spec", "urn:vim25");
                xml.Text("instanceUuid", id);
                xml.WriteEndElement();
            },
            Ct
        );
    }
}
