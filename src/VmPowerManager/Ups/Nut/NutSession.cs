using System.Collections.Immutable;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>One UPS of one upsd. Shares the connection with the others there; DATA-STALE and DRIVER-NOT-CONNECTED concern
/// this UPS alone and leave the connection open (RFC 9271).</summary>
internal sealed class NutSession(NutSettings settings, NutEndpoint endpoint, NutLease lease, TimeProvider time)
    : IUpsSession,
        IUpsVariables,
        IUpsCut
{
    private readonly NutOrders _orders = new(settings, lease, time);
    private readonly NutWritables _writables = new(settings, lease);

    /// <summary>Deciding variables that the device said it does not have; replaced as a whole, read by any thread.</summary>
    private volatile ImmutableHashSet<string> _absent = [];

    public UpsTrust Trust =>
        !endpoint.StartTls ? UpsTrust.None
        : endpoint.CertificateFingerprint is null ? UpsTrust.AnyCertificate
        : UpsTrust.Proven;

    public Sentence? AgainstOrders =>
        endpoint.UserName is null
            ? Sentence.Of($"The server takes orders from its users alone, and no user name is set.")
            : null;

    /// <summary>It proves actions = SET; instcmds shows only when a command is given.</summary>
    public bool LoginTellsRights => true;

    private NutCut Cut => new(settings, lease, _orders, _writables, time);

    public Task<UpsReading> ReadStatusAsync(CancellationToken ct) =>
        NutStale.AsItIs(() =>
            lease.ReadNowAsync(
                async (client, limited) =>
                {
                    var absent = _absent;
                    var variables = new Dictionary<string, string>(StringComparer.Ordinal);
                    foreach (
                        var name in NutReadings.Deciding.Prepend(NutReadings.Status).Where(n => !absent.Contains(n))
                    )
                        await TakeAsync(client, name, variables, limited);
                    var reading = NutReadings.Map(variables, time.GetUtcNow(), time.Elapsed());
                    if (!reading.Status.HasFlag(UpsStatus.ALARM))
                        return reading;
                    // What the alarm is belongs to the flag, and must not come with the next complete reading only.
                    await TakeAsync(client, NutReadings.Alarm, variables, limited);
                    return NutReadings.Map(variables, reading.At, reading.Taken);
                },
                ct
            )
        );

    public async Task<UpsReading> ReadAsync(CancellationToken ct)
    {
        var variables = await NutStale.AsItIs(() =>
            lease.ReadAsync((client, limited) => client.ListVariablesAsync(settings.UpsName, limited), ct)
        );
        var reading = NutReadings.Map(variables, time.GetUtcNow(), time.Elapsed());
        // A driver that has just started knows its variables only later.
        if (reading.Status != UpsStatus.None)
            _absent = [.. NutReadings.Deciding.Where(name => !variables.ContainsKey(name))];
        return reading;
    }

    public Task<IReadOnlyList<UpsCheck>> CheckAsync(CancellationToken ct) =>
        new NutChecks(settings, endpoint, time).RunAsync(ct);

    public Task<IReadOnlyList<string>> CommandsAsync(CancellationToken ct) =>
        NutStale.AsItIs(() =>
            lease.ReadAsync((client, limited) => client.ListCommandsAsync(settings.UpsName, limited), ct)
        );

    public Task<string?> DescribeCommandAsync(string command, CancellationToken ct) =>
        NutStale.AsItIs(() =>
            lease.ReadAsync(
                (client, limited) => client.GetCommandDescriptionAsync(settings.UpsName, command, limited),
                ct
            )
        );

    public Task<UpsCommandOutcome> ExecuteAsync(string command, string? value, CancellationToken ct) =>
        NutStale.AsItIs(() => _orders.RunAsync(command, value, ct));

    public Task<IReadOnlyList<UpsWritable>> WritableAsync(CancellationToken ct) =>
        NutStale.AsItIs(() => _writables.ListAsync(ct));

    public Task<UpsCommandOutcome> SetAsync(string name, string value, CancellationToken ct) =>
        NutStale.AsItIs(() => _orders.SetAsync(name, value, ct));

    public Task<UpsCutAbility?> FindCutAsync(CancellationToken ct) => NutStale.AsItIs(() => Cut.FindAsync(ct));

    public Task CutAsync(TimeSpan delay, CancellationToken ct) =>
        NutStale.AsItIs(async () =>
        {
            await Cut.CutAsync(delay, ct);
            return true;
        });

    public Task AbortCutAsync(CancellationToken ct) =>
        NutStale.AsItIs(async () =>
        {
            await Cut.AbortAsync(ct);
            return true;
        });

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private async Task TakeAsync(
        NutClient client,
        string name,
        Dictionary<string, string> variables,
        CancellationToken ct
    )
    {
        if (await client.GetVariableAsync(settings.UpsName, name, ct) is { } value)
            variables[name] = value;
    }
}
