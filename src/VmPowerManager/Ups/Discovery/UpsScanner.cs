using System.Net;
using System.Text.Json.Nodes;
using VmPowerManager.Components;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups.Discovery;

/// <summary>Carries out one search at a time: every driver that can asks every address, a bounded number of them at once
/// and each within a bounded time.</summary>
internal sealed partial class UpsScanner(UpsQueries queries, TimeProvider time, ILogger<UpsScanner> logger)
    : IAsyncDisposable
{
    private const int AtOnce = 64;

    /// <summary>For who answers: silence is given up sooner, by the drivers.</summary>
    private static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;
    private KnownUpses? _known;

    public Live<UpsScan> Scan { get; } = new(UpsScan.None);

    /// <summary>False while another one runs. <paramref name="ended"/> is called with the outcome.</summary>
    public bool TryStart(ScanInput input, string who, Action<UpsScan> ended)
    {
        lock (_gate)
        {
            // Not the task: it is at its last lines when people already see that the search has ended.
            if (Scan.Value.State == ScanState.Running)
                return false;
            _stop?.Dispose();
            _stop = new CancellationTokenSource();
            Scan.Set(
                new UpsScan
                {
                    State = ScanState.Running,
                    Range = input.Range,
                    StartedBy = who,
                    StartedAt = time.GetUtcNow(),
                    Addresses = input.Addresses.Count,
                }
            );
            _running = RunAsync(input, ended, _stop.Token);
            return true;
        }
    }

    /// <summary>False where none runs.</summary>
    public bool Cancel()
    {
        lock (_gate)
        {
            if (Scan.Value.State != ScanState.Running || _stop is null)
                return false;
            _stop.Cancel();
            return true;
        }
    }

    /// <summary>Looks again which of what was found is configured by now.</summary>
    public async Task RecogniseAsync(UpsDrivers drivers, CancellationToken ct)
    {
        var known = _known = await KnownUpses.LoadAsync(queries, time, ct);
        Scan.Update(scan =>
            scan with
            {
                Found =
                [
                    .. scan.Found.Select(f =>
                        f with
                        {
                            ConfiguredAs = known.Find(f.Driver, f.Address, f.Block, Identity(drivers.Get(f.Driver))),
                        }
                    ),
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_gate)
        {
            _stop?.Cancel();
            running = _running;
        }
        await running;
        _stop?.Dispose();
    }

    private async Task RunAsync(ScanInput input, Action<UpsScan> ended, CancellationToken stop)
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(Longest, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var state = ScanState.Finished;
        try
        {
            _known = await KnownUpses.LoadAsync(queries, time, limited.Token);
            await Parallel.ForEachAsync(
                input.Addresses,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = limited.Token },
                (address, ct) => AskAsync(input, address, ct)
            );
        }
        catch (OperationCanceledException)
        {
            state = stop.IsCancellationRequested ? ScanState.Cancelled : ScanState.TimedOut;
        }
        catch (Exception e)
        {
            // Nobody awaits this: it must end in a state that people see.
            LogBroken(e);
            state = ScanState.Cancelled;
        }
        var last = UpsScan.None;
        Scan.Update(scan => last = scan with { State = state, EndedAt = time.GetUtcNow() });
        ended(last);
    }

    private async ValueTask AskAsync(ScanInput input, IPAddress address, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(PerAddress, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        await Task.WhenAll(input.Targets.Select(target => AskAsync(target, input, address, limited.Token)));
        ct.ThrowIfCancellationRequested();
        Scan.Update(scan => scan with { Asked = scan.Asked + 1 });
    }

    private async Task AskAsync(ScanInput.Target target, ScanInput input, IPAddress address, CancellationToken ct)
    {
        var probe = new UpsProbe(address, target.Port) { Communities = input.Communities };
        try
        {
            // A driver that does not heed its token is left behind.
            var found = await target.Discovery.FindAsync(probe, ct).WaitAsync(ct);
            if (found.Count > 0)
                Scan.Update(scan => scan.With(found.Select(f => Shown(target, probe, f))));
        }
        catch (Exception e) when (e is DeviceException or OperationCanceledException)
        {
            // Nobody there, or nobody of this kind: the usual case.
        }
        catch (Exception e)
        {
            LogProbe(e, target.Driver.Id, address);
        }
    }

    private FoundUps Shown(ScanInput.Target target, UpsProbe probe, UpsFound found)
    {
        var block = JsonObject.Create(found.Settings) ?? [];
        var open = block.DeepClone().AsObject();
        foreach (var secret in target.Driver.Traits.Secrets)
            open.Remove(secret);
        var address = $"{probe.Address}";
        return new FoundUps
        {
            Driver = target.Driver.Id,
            Address = address,
            Port = probe.Port,
            Name = found.Name,
            Description = found.Description,
            Needs = found.Needs,
            ConfiguredAs = _known?.Find(target.Driver.Id, address, block, target.Discovery.Identity),
            Settings = open,
            Block = block,
            Order =
                $"{Convert.ToHexString(probe.Address.GetAddressBytes())} {found.Name} {target.Driver.Id} {probe.Port:D5}",
        };
    }

    private static IReadOnlyList<string> Identity(IUpsDriver driver) => (driver as IUpsDiscovery)?.Identity ?? [];

    [LoggerMessage(Level = LogLevel.Error, Message = "The search for UPSes broke off.")]
    private partial void LogBroken(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The driver {Driver} failed to ask {Address}.")]
    private partial void LogProbe(Exception e, string driver, IPAddress address);
}
