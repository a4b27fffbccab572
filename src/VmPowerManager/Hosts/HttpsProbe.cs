using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts;

/// <summary>A probe over HTTPS in the making: its checks so far. <c>connect</c>, <c>certificate</c> and <c>login</c> come
/// first, whatever the platform.</summary>
internal sealed class HttpsProbe(PinnedHttp http)
{
    private readonly List<HostCheck> _checks = [];

    public void Add(CheckName name, HostCheckState state, Sentence says) => Add(new(name, state, says));

    public void Add(HostCheck check) => _checks.Add(check);

    public HostProbe Probe => new(_checks, CertificateFingerprint: http.Seen);

    /// <summary>Makes the platform's first calls; false when they failed, as the checks then say.</summary>
    /// <param name="login">Connects and logs in; gives what to say of it.</param>
    public async Task<bool> LogInAsync(Func<CancellationToken, Task<Sentence>> login, CancellationToken ct)
    {
        try
        {
            var says = await login(ct);
            AddConnected();
            Add(CheckNames.Login, HostCheckState.Ok, says);
            return true;
        }
        catch (DeviceException e)
        {
            Failed(e);
            return false;
        }
    }

    /// <summary>Each fault tells how far it came.</summary>
    private void Failed(DeviceException e)
    {
        switch (e.Fault)
        {
            case DeviceFault.TrustChanged:
                Add(CheckNames.Connect, HostCheckState.Ok, $"{http.Endpoint} answers");
                Add(CheckNames.Certificate, HostCheckState.Failed, Sentence.Verbatim(e.Message));
                break;
            case DeviceFault.AuthenticationFailed or DeviceFault.Refused:
                AddConnected();
                Add(CheckNames.Login, HostCheckState.Failed, Sentence.Verbatim(e.Message));
                break;
            default:
                Add(CheckNames.Connect, HostCheckState.Failed, Sentence.Verbatim(e.Message));
                break;
        }
    }

    private void AddConnected()
    {
        Add(CheckNames.Connect, HostCheckState.Ok, $"{http.Endpoint} answers");
        Add(
            CheckNames.Certificate,
            http.Seen is null ? HostCheckState.Warning : HostCheckState.Ok,
            http.Seen is not { } seen ? Sentence.Of($"plain HTTP: whoever listens reads the password")
                : http.Endpoint.CertificateFingerprint is null
                    ? Sentence.Of($"{seen}: not pinned, the first certificate seen will be trusted")
                : Sentence.Of($"{seen} is the pinned certificate")
        );
    }
}
