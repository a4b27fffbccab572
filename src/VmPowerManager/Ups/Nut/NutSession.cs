using System.Collections.Immutable;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>One UPS of one upsd. Shares the connection with the others there; DATA-STALE and DRIVER-NOT-CONNECTED concern
/// this UPS alone and leave the connection open (RFC 9271).</summary>
internal sealed class NutSession(NutSettings settings, NutEndpoint endpoint, NutLease lease, TimeProvider time)
    : IUpsSession
{
    /// <summary>Deciding variables that the device said it does not have; replaced as a whole, read by any thread.</summary>
    private volatile ImmutableHashSet<string> _absent = [];

    public Task<UpsReading> ReadStatusAsync(CancellationToken ct) =>
        StaleAsItIs(() =>
            lease.ReadNowAsync(
                async (client, limited) =>
                {
                    var absent = _absent;
                    var variables = new Dictionary<string, string>(StringComparer.Ordinal);
                    foreach (
                        var name in NutReadings.Deciding.Prepend(NutReadings.Status).Where(n => !absent.Contains(n))
                    )
                    {
                        if (await client.GetVariableAsync(settings.UpsName, name, limited) is { } value)
                            variables[name] = value;
                    }
                    return NutReadings.Map(variables, time.GetUtcNow(), time.Elapsed());
                },
                ct
            )
        );

    public async Task<UpsReading> ReadAsync(CancellationToken ct)
    {
        var variables = await StaleAsItIs(() =>
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
        StaleAsItIs(() =>
            lease.ReadAsync((client, limited) => client.ListCommandsAsync(settings.UpsName, limited), ct)
        );

    public Task ExecuteAsync(string command, string? value, CancellationToken ct) =>
        StaleAsItIs(async () =>
        {
            await lease.WriteAsync(
                (client, limited) => client.RunCommandAsync(settings.UpsName, command, value, limited),
                ct
            );
            return true;
        });

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private static async Task<T> StaleAsItIs<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (NutDataStaleException e)
        {
            throw new UpsStaleException(e.Message);
        }
    }
}
