using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <inheritdoc cref="IUpsPower"/>
internal sealed class UpsPower(Func<int, UpsConfig?> configs, UpsDrivers drivers, UpsCheckBook book, TimeProvider time)
    : IUpsPower
{
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);
    private static readonly Sentence HasNoCut = Sentence.Of(
        $"It has no cut that returns with mains, whether mains is there or not: its output is not cut."
    );
    private readonly ConcurrentDictionary<int, Known> _known = [];

    public async Task<UpsAnswer<UpsCutAbility>> FindCutAsync(int upsId, TimeSpan limit, CancellationToken ct)
    {
        var found = await RunAsync(upsId, FindAsync, limit, ct);
        _known[upsId] = new Known(configs(upsId), found, time.Elapsed());
        return found;
    }

    public async Task ProbeAsync(int upsId, TimeSpan limit, CancellationToken ct)
    {
        if (configs(upsId) is not { } config)
            return;
        var asked = await RunAsync(
            upsId,
            async (session, token) =>
                new UpsProbed(await session.CheckAsync(token), session.Trust, null)
                {
                    AgainstOrders = session is IUpsCut cut ? cut.AgainstOrders : HasNoCut,
                    LoginTellsRights = session is IUpsCut { LoginTellsRights: true },
                },
            limit,
            ct
        );
        var found = asked.Value ?? Silent(asked.Words);
        if (found is { Blocked: null, AgainstOrders: null })
            found = found with { Cut = await FindCutAsync(upsId, limit, ct) };
        book.Note(config, found);
    }

    public UpsChecked? LastProbe(int upsId) =>
        book.All.Value.GetValueOrDefault(upsId) is { } last && last.Config == configs(upsId) ? last : null;

    private static UpsProbed Silent(string? words) =>
        new([new UpsCheck("connect", CheckState.Failed, Sentence.Verbatim(words ?? ""))], UpsTrust.None, null);

    public Task<UpsAnswer<UpsMains>> ReadMainsAsync(int upsId, TimeSpan limit, CancellationToken ct) =>
        RunAsync(upsId, ReadAsync, limit, ct);

    public async Task<UpsAnswer<UpsCutAbility>> CutAsync(
        int upsId,
        TimeSpan delay,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var ordered = false;
        var answer = await RunAsync(
            upsId,
            async (session, token) =>
            {
                var ability = await FindAsync(session, token);
                if (delay > ability.LongestDelay)
                    throw new DeviceException(DeviceFault.Refused, TooLong(ability));
                // C9: never when mains has returned, by the newest word of the device itself.
                if (await ReadAsync(session, token) is not UpsMains.Gone)
                    throw new DeviceException(DeviceFault.Refused, "Mains is back, or is not known to be gone.");
                // Nobody waits for it any more, and it may have been left behind: then nothing is cut.
                token.ThrowIfCancellationRequested();
                ordered = true;
                await ((IUpsCut)session).CutAsync(delay, token); // it was found to be one
                return ability;
            },
            limit,
            ct
        );
        // No answer to an order is no refusal: nothing may go dark that nobody counts on.
        if (!answer.Ok && ordered)
            _ = await AbortCutAsync(upsId, AbortLimit, ct);
        return answer;
    }

    public Task<UpsAnswer<bool>> AbortCutAsync(int upsId, TimeSpan limit, CancellationToken ct) =>
        RunAsync(
            upsId,
            async (session, token) =>
            {
                await CutOf(session).AbortCutAsync(token);
                return true;
            },
            limit,
            ct
        );

    public UpsAnswer<UpsCutAbility>? KnownCut(int upsId)
    {
        var config = configs(upsId);
        if (config is null)
            return null;
        var known = _known.GetValueOrDefault(upsId);
        if (known is null || known.Config != config || time.Elapsed() - known.At > KnownFor)
        {
            // Marked first: many may ask at once.
            _known[upsId] = new Known(config, known?.Config == config ? known?.Answer : null, time.Elapsed());
            _ = Task.Run(() => FindCutAsync(upsId, AskLimit, CancellationToken.None), CancellationToken.None);
        }
        return known?.Config == config ? known?.Answer : null;
    }

    private static async Task<UpsCutAbility> FindAsync(IUpsSession session, CancellationToken ct) =>
        await CutOf(session).FindCutAsync(ct)
        ?? throw new DeviceException(DeviceFault.Unsupported, HasNoCut.ToString());

    private static IUpsCut CutOf(IUpsSession session) =>
        session as IUpsCut ?? throw new DeviceException(DeviceFault.Unsupported, HasNoCut.ToString());

    private static async Task<UpsMains> ReadAsync(IUpsSession session, CancellationToken ct)
    {
        var status = (await session.ReadStatusAsync(ct)).Status;
        return status.HasFlag(UpsStatus.OB) ? UpsMains.Gone
            : status.HasFlag(UpsStatus.OL) ? UpsMains.Back
            : UpsMains.Unknown;
    }

    internal static string TooLong(UpsCutAbility ability) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"It waits at most {ability.LongestDelay.TotalSeconds:0} s before it cuts."
        );

    private async Task<UpsAnswer<T>> RunAsync<T>(
        int upsId,
        Func<IUpsSession, CancellationToken, Task<T>> call,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        if (configs(upsId) is not { } config || drivers.Find(config.Driver) is not { } driver)
            return new(default, $"UPS {upsId} is not configured any more.");
        using var timer = new CancellationTokenSource(limit, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await using var session = driver.Open(config.Device);
            // A driver that does not heed its token is left behind, not waited for.
            return new(await call(session, limited.Token).WaitAsync(limited.Token), null);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(default, $"No answer within {limit.TotalSeconds:0} s.");
        }
        // A bug in a driver must not end the run that called it.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new(
                default,
                e is DeviceException or UpsStaleException ? e.Message : $"{e.GetType().Name}: {e.Message}"
            );
        }
    }

    private sealed record Known(UpsConfig? Config, UpsAnswer<UpsCutAbility>? Answer, TimeSpan At);
}
