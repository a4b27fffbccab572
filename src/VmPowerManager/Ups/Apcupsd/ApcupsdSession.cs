using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>One apcupsd. It has one question, answered with everything at once, so a status read is a whole read; two that
/// overlap share one answer.</summary>
internal sealed class ApcupsdSession(NisClient client, TimeProvider time) : IUpsSession
{
    public Task<UpsReading> ReadStatusAsync(CancellationToken ct) => ReadAsync(ct);

    public async Task<UpsReading> ReadAsync(CancellationToken ct)
    {
        var status = await client.StatusAsync(ct);
        ApcupsdStatus.ThrowIfStale(status);
        return ApcupsdReadings.Map(status, time.GetUtcNow(), time.Elapsed());
    }

    public Task<IReadOnlyList<UpsCheck>> CheckAsync(CancellationToken ct) => ApcupsdChecks.RunAsync(client, ct);

    /// <summary>The network information server only tells.</summary>
    public Task<IReadOnlyList<string>> CommandsAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task<UpsCommandOutcome> ExecuteAsync(string command, string? value, CancellationToken ct) =>
        throw new DeviceException(DeviceFault.Unsupported, "apcupsd's network server takes no commands.");

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
