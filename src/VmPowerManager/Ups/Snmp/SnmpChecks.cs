using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What a person wants to know before a UPS is saved: does it answer, does it let me in, is it a UPS, what does
/// it say. Stops at the first that fails, with the peer's words and what to do.</summary>
internal sealed class SnmpChecks(SnmpSettings settings, SnmpEndpoint endpoint, TimeProvider time) : IAsyncDisposable
{
    private readonly List<UpsCheck> _checks = [];
    private readonly SnmpClient _client = new(endpoint, time);
    private SnmpPicture? _picture;

    private SnmpAgent Agent => SnmpAgent.Of(_client);

    public async Task<IReadOnlyList<UpsCheck>> RunAsync(CancellationToken ct)
    {
        if (await LoginAsync(ct) && await StepAsync("mib", FindAsync, ct))
            await StepAsync("read", ReadAsync, ct);
        return _checks;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>Reaching and login are one exchange: which of the two failed is in its reason.</summary>
    private async Task<bool> LoginAsync(CancellationToken ct)
    {
        try
        {
            var system = await _client.GetAsync([Detector.SysDescr, Detector.SysUpTime], ct);
            Add("reach", CheckState.Ok, $"{endpoint} answers.");
            Add("login", CheckState.Ok, Accepted(system.GetValueOrDefault(Detector.SysDescr)?.Text ?? ""));
            return true;
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Timeout)
        {
            Add("reach", CheckState.Failed, $"{e.Message} {Silence}");
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Unreachable)
        {
            Add("reach", CheckState.Failed, $"{e.Message} Check address and port, and that SNMP is switched on.");
        }
        catch (SnmpException e)
        {
            Add("reach", CheckState.Ok, $"{endpoint} answers.");
            Add(
                "login",
                CheckState.Failed,
                Advice(e.Reason) is { } advice ? Sentence.Of($"{e.Message} {advice}") : Sentence.Verbatim(e.Message)
            );
        }
        catch (DeviceException e)
        {
            Add("reach", CheckState.Failed, Sentence.Verbatim(e.Message));
        }
        return false;
    }

    private Sentence Accepted(string description)
    {
        var who = settings.IsV3
            ? Sentence.Of($"User {settings.UserName} is accepted")
            : Sentence.Of($"The community is accepted");
        return description.Length == 0 ? Sentence.Of($"{who}.") : Sentence.Of($"{who}. The device says: {description}");
    }

    private Sentence Silence =>
        settings.IsV3
            ? Sentence.Of(
                $"Check address and port, that SNMP version 3 is switched on there, and that its access list lets this machine in."
            )
            : Sentence.Of(
                $"Nobody is there, or the community is wrong (an agent does not answer that), or the card's access list does not let this machine in, or the card speaks another SNMP version."
            );

    private static Sentence? Advice(SnmpFault reason) =>
        reason switch
        {
            SnmpFault.UnknownUser => Sentence.Of($"The card does not know this user name: names are case-sensitive."),
            SnmpFault.WrongAuth => Sentence.Of(
                $"The user exists. Its authentication password or protocol is another one."
            ),
            SnmpFault.WrongPrivacy => Sentence.Of(
                $"The user is authenticated. Its privacy password or protocol is another one; for AES-192 and AES-256 try Cisco's key extension, too."
            ),
            SnmpFault.NotInTimeWindow => Sentence.Of(
                $"The card's clock of the conversation does not keep up. Restart the card; two cards with one engine ID do this, too."
            ),
            SnmpFault.UnsupportedSecurityLevel => Sentence.Of(
                $"This user has to use authentication or privacy, or may not use it: set both protocols as on the card."
            ),
            SnmpFault.UnknownContext => Sentence.Of($"Leave the context empty, unless the card's manual names one."),
            SnmpFault.UnknownEngine => Sentence.Of($"The card does not tell who it is. Restart it."),
            SnmpFault.Malformed => Sentence.Of($"What answers there does not speak SNMP."),
            _ => null,
        };

    private async Task<(CheckState, Sentence)> FindAsync(CancellationToken ct)
    {
        _picture = await SnmpPicture.TakeAsync(Agent, settings.Mib, ct);
        var device = _picture.Device;
        if (!device.IsUps)
            return (CheckState.Failed, Sentence.Verbatim(SnmpSession.Words(device)));
        var titles = device.Dialects.Where(d => d.Tells).Select(d => d.Title).ToArray();
        return titles.Length == 0 || device.IsSilent
            ? (
                CheckState.Warning,
                Sentence.Of(
                    $"It is known as a UPS's card, but shows no tree of a UPS: is the UPS connected to it, and may this community or user see it?"
                )
            )
            : (CheckState.Ok, Sentence.Of($"It speaks {string.Join(", ", titles)}."));
    }

    private Task<(CheckState, Sentence)> ReadAsync(CancellationToken ct)
    {
        var picture = _picture ?? throw new InvalidOperationException("Nothing was found.");
        var reading = SnmpReadings.Map(picture.Device, picture.Known, time.GetUtcNow(), time.Elapsed());
        var name = string.Join(' ', new[] { reading.Vendor, reading.Model }.OfType<string>());
        return Task.FromResult(
            reading.Status == UpsStatus.None
                ? (
                    CheckState.Warning,
                    Sentence.Of(
                        $"{name}: {picture.Known.Count} values, but where its output comes from is not among them."
                    )
                )
                : (CheckState.Ok, Sentence.Of($"{name}: {picture.Known.Count} values, status {reading.Status}."))
        );
    }

    private async Task<bool> StepAsync(
        string name,
        Func<CancellationToken, Task<(CheckState, Sentence)>> step,
        CancellationToken ct
    )
    {
        try
        {
            var (state, says) = await step(ct);
            Add(name, state, says);
        }
        catch (DeviceException e)
        {
            Add(name, CheckState.Failed, Sentence.Verbatim(e.Message));
        }
        catch (UpsStaleException e)
        {
            Add(name, CheckState.Failed, Sentence.Verbatim(e.Message));
        }
        return _checks[^1].State != CheckState.Failed;
    }

    private void Add(string name, CheckState state, Sentence says) => _checks.Add(new UpsCheck(name, state, says));
}
