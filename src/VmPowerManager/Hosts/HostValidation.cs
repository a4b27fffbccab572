using System.Text.RegularExpressions;
using VmPowerManager.Core;
using VmPowerManager.Ups;

namespace VmPowerManager.Hosts;

/// <summary>Checks a host's body field by field, before anything is saved or tried.</summary>
internal sealed partial class HostValidation(HostDirectory directory, IUpsFeed ups)
{
    private const string NoFingerprint = "SHA256: and 43 characters, as ssh-keygen -l shows it.";

    /// <param name="keptSecrets">Secrets that we cannot read stay with the host: none need be given.</param>
    /// <exception cref="InvalidInputException">With a message per field.</exception>
    public IHostDriver Check(HostBody body, MergedSettings merged, bool named, bool keptSecrets)
    {
        var errors = new FieldErrors();
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
        else if (driver.Blocks.Contains("ssh"))
            CheckSsh(merged, keptSecrets, errors);
        errors.ThrowIfAny();
        return driver!; // not null: its absence is an error
    }

    /// <exception cref="InvalidInputException">It is none.</exception>
    public static void CheckFingerprint(string key)
    {
        if (!Fingerprint().IsMatch(key))
            throw new InvalidInputException("ssh.hostKeyFingerprint", NoFingerprint);
    }

    private void CheckSupplies(HostBody body, FieldErrors errors)
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

    private static void CheckWake(IReadOnlyList<WakeBlock> wake, FieldErrors errors)
    {
        for (var i = 0; i < wake.Count; i++)
        {
            if (wake[i].Method is not ("wol" or "ipmi" or "redfish"))
                errors.Add($"wake[{i}].method", "One of: wol, ipmi, redfish.");
            else if (wake[i].Method == "wol" && !MacAddress().IsMatch(wake[i].MacAddress ?? ""))
                errors.Add($"wake[{i}].macAddress", "A MAC address: 00:11:22:33:44:55.");
            else if (
                wake[i] is { Method: "wol", Host: { Length: > 0 } to }
                && Uri.CheckHostName(to.Trim()) is not (UriHostNameType.IPv4 or UriHostNameType.Dns)
            )
                errors.Add($"wake[{i}].host", "A name or an IPv4 address, or nothing: all our networks.");
            else if (wake[i].Method != "wol" && string.IsNullOrWhiteSpace(wake[i].Host))
                errors.Add($"wake[{i}].host", "The address of the management controller is needed.");
            if (wake[i].Port is < 1 or > 65535)
                errors.Add($"wake[{i}].port", "From 1 to 65535.");
        }
    }

    private static void CheckSsh(MergedSettings merged, bool keptSecrets, FieldErrors errors)
    {
        if (merged.Settings.Ssh is not { } ssh)
        {
            errors.Add("ssh", "This platform needs the block ssh.");
            return;
        }
        if (Uri.CheckHostName(ssh.Host) == UriHostNameType.Unknown)
            errors.Add("ssh.host", "A name or an address is needed.");
        if (ssh.Port is < 1 or > 65535)
            errors.Add("ssh.port", "From 1 to 65535.");
        if (string.IsNullOrWhiteSpace(ssh.UserName))
            errors.Add("ssh.userName", "A user name is needed.");
        if (ssh.HostKeyFingerprint is { } key && !Fingerprint().IsMatch(key))
            errors.Add("ssh.hostKeyFingerprint", NoFingerprint);
        if (ssh.ShutdownCommand?.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0)
            errors.Add("ssh.shutdownCommand", "One line.");
        if (ssh.LibvirtUri is { } uri && !LibvirtUri().IsMatch(uri))
            errors.Add("ssh.libvirtUri", "A libvirt connection URI: qemu:///system.");
        if (
            !keptSecrets
            && !merged.Secrets.ContainsKey(HostSecrets.SshPassword)
            && !merged.Secrets.ContainsKey(HostSecrets.SshPrivateKey)
        )
            errors.Add(
                "ssh.password",
                merged.AddressChanged
                    ? "The address or user changed: give the password or the private key again."
                    : "A password or a private key is needed."
            );
    }

    [GeneratedRegex("^([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}$")]
    private static partial Regex MacAddress();

    [GeneratedRegex("^SHA256:[A-Za-z0-9+/]{43}=?$")]
    private static partial Regex Fingerprint();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*://[^\\s]*$")]
    private static partial Regex LibvirtUri();

    private sealed class FieldErrors
    {
        private readonly Dictionary<string, List<string>> _errors = [];

        public void Add(string field, string message)
        {
            if (!_errors.TryGetValue(field, out var messages))
                _errors[field] = messages = [];
            messages.Add(message);
        }

        public void ThrowIfAny()
        {
            if (_errors.Count > 0)
                throw new InvalidInputException(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
        }
    }
}
