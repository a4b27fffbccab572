using System.Text.RegularExpressions;
using VmPowerManager.Core;
using VmPowerManager.Protocols.WakeOnLan;
using VmPowerManager.Ups;

namespace VmPowerManager.Hosts;

/// <summary>Checks a host's body field by field, before anything is saved or tried.</summary>
internal sealed partial class HostValidation(HostDirectory directory, IUpsFeed ups)
{
    /// <param name="keptSecrets">Secrets that we cannot read stay with the host: none need be given.</param>
    /// <exception cref="InvalidInputException">With a message per field.</exception>
    public IHostDriver Check(HostBody body, MergedSettings merged, bool named, bool keptSecrets)
    {
        var errors = new HostFieldErrors();
        if (named && string.IsNullOrWhiteSpace(body.Name))
            errors.Add("name", "A name is needed.");
        if (body.Name?.Length > 100)
            errors.Add("name", "At most 100 characters.");
        if (body.MaxParallelGuests is < 1 or > 1000)
            errors.Add("maxParallelGuests", "From 1 to 1000.");
        if (body.OffSilenceSeconds is < 0 or > 3600)
            errors.Add("offSilenceSeconds", "From 0 to 3600 seconds.");
        if (!string.IsNullOrEmpty(body.Witness) && Witness.Problem(body.Witness) is { } problem)
            errors.Add("witness", problem);
        CheckSupplies(body, errors);
        CheckWake(body.Wake ?? [], errors);
        var driver = body.Platform is null ? null : directory.Driver(body.Platform);
        if (driver is null)
            errors.Add("platform", $"One of: {string.Join(", ", directory.Platforms)}.");
        else
            new HostBlockValidation(errors, merged, keptSecrets).Check(body, driver);
        errors.ThrowIfAny();
        return driver!; // not null: its absence is an error
    }

    private void CheckSupplies(HostBody body, HostFieldErrors errors)
    {
        var supplies = body.Supplies ?? [];
        var known = ups.Policies.Select(p => p.UpsId).ToHashSet();
        for (var i = 0; i < supplies.Count; i++)
        {
            if (!known.Contains(supplies[i].UpsId))
                errors.Add($"supplies[{i}].upsId", $"UPS {supplies[i].UpsId} does not exist.");
            if (supplies.Take(i).Any(s => s.UpsId == supplies[i].UpsId))
                errors.Add($"supplies[{i}].upsId", "It is in the list already.");
            if (!(supplies[i].PowerValue > 0))
                errors.Add($"supplies[{i}].powerValue", "Greater than 0.");
        }
        if (body.MinSupplies is { } needed && !(needed > 0))
            errors.Add("minSupplies", "Greater than 0, or null for the plan's.");
        else if (supplies.Count > 0 && body.MinSupplies > supplies.Sum(s => s.PowerValue))
            errors.Add("minSupplies", "More than all supplies together give.");
    }

    private void CheckWake(IReadOnlyList<WakeBlock> wake, HostFieldErrors errors)
    {
        for (var i = 0; i < wake.Count; i++)
        {
            if (wake[i].Method is not ("wol" or "ipmi" or "redfish" or "pdu" or "nutOutlet" or "proxmox"))
                errors.Add($"wake[{i}].method", "One of: wol, ipmi, redfish, pdu, nutOutlet, proxmox.");
            else if (wake[i].Method == "wol" && !MacAddress().IsMatch(wake[i].MacAddress ?? ""))
                errors.Add($"wake[{i}].macAddress", "A MAC address: 00:11:22:33:44:55.");
            else if (
                wake[i] is { Method: "wol", Host: { Length: > 0 } to }
                && Uri.CheckHostName(to.Trim()) is not (UriHostNameType.IPv4 or UriHostNameType.Dns)
            )
                errors.Add($"wake[{i}].host", "A name or an IPv4 address, or nothing: all our networks.");
            else if (wake[i].Method is "ipmi" or "redfish" && string.IsNullOrWhiteSpace(wake[i].Host))
                errors.Add($"wake[{i}].host", "The address of the management controller is needed.");
            else if (wake[i].Method is "pdu" or "nutOutlet" && string.IsNullOrWhiteSpace(wake[i].Host))
                errors.Add($"wake[{i}].host", "The address of what switches the outlet is needed.");
            if (wake[i].Port is < 1 or > 65535)
                errors.Add($"wake[{i}].port", "From 1 to 65535.");
            CheckExtras($"wake[{i}]", wake[i], errors);
        }
    }

    private void CheckExtras(string at, WakeBlock wake, HostFieldErrors errors)
    {
        if (wake is { Method: "wol", Password: { Length: > 0 } secureOn } && MagicPacket.Password(secureOn) is null)
            errors.Add($"{at}.password", "A SecureOn password has six or four bytes: 00:11:22:33:44:55.");
        if (wake.RelayHostId is { } relay && directory.Find(relay) is null)
            errors.Add($"{at}.relayHostId", $"Host {relay} does not exist.");
        if (wake.Method == "pdu" && !Outlets().IsMatch(wake.Outlet ?? ""))
            errors.Add(
                $"{at}.outlet",
                "Outlets: 5, or 5,6; or an object with its values for on and off: 1.3.6.1.4.1.850.1.2=1/0."
            );
        if (wake.Method == "nutOutlet" && !NutOutlets().IsMatch(wake.Outlet ?? ""))
            errors.Add($"{at}.outlet", "Outlets: 5, or 5,6; with the name of the device at the server: rackpdu:5,6.");
        if (wake.CipherSuite is < 0 or > 17)
            errors.Add($"{at}.cipherSuite", "From 0 to 17.");
        if (!string.IsNullOrWhiteSpace(wake.SystemId) && !SystemId().IsMatch(wake.SystemId.Trim()))
            errors.Add($"{at}.systemId", "The id of a system as Redfish tells it: letters, digits, and - . _ :");
        if (
            !string.IsNullOrWhiteSpace(wake.CertificateFingerprint)
            && Protocols.Tls.Fingerprints.Normal(wake.CertificateFingerprint) is null
        )
            errors.Add($"{at}.certificateFingerprint", HostBlockValidation.NoCertificate);
    }

    /// <summary>As Outlets/OutletList reads it.</summary>
    [GeneratedRegex(
        @"^\s*(\d{1,5}|[\d.]{3,200}=-?\d{1,9}/-?\d{1,9})(\s*,\s*(\d{1,5}|[\d.]{3,200}=-?\d{1,9}/-?\d{1,9})){0,7}\s*$"
    )]
    private static partial Regex Outlets();

    /// <summary>As Outlets/NutOutlets reads it.</summary>
    [GeneratedRegex(@"^\s*([^\s:\p{C}]{1,64}\s*:\s*)?[1-9]\d{0,3}(\s*,\s*[1-9]\d{0,3}){0,7}\s*$")]
    private static partial Regex NutOutlets();

    [GeneratedRegex("^[A-Za-z0-9._:-]{1,100}$")]
    private static partial Regex SystemId();

    [GeneratedRegex("^([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}$")]
    private static partial Regex MacAddress();
}
