using System.Collections.Concurrent;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups.Discovery;

/// <summary>A driver whose devices are where a test puts them.</summary>
public sealed class SearchingUps : IUpsDriver, IUpsDiscovery
{
    private readonly FakeUps _device = new(TimeProvider.System);
    private int _asking;

    public string Id => "fake";
    public UpsDriverTraits Traits => _device.Traits;
    public int UsualPort => 4000;
    public bool AsksCommunity => true;
    public IReadOnlyList<string> Identity => [];

    /// <summary>By address.</summary>
    public ConcurrentDictionary<string, UpsFound> Devices { get; } = [];

    /// <summary>Addresses that are waited for until it is set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>A bug in it.</summary>
    public string? Breaks { get; set; }
    public ConcurrentBag<UpsProbe> Asked { get; } = [];
    public int MostAtOnce { get; private set; }

    public static UpsFound Ups(string host, string name, string? needs = null) =>
        new(name, JsonSerializer.SerializeToElement(new { host, password = "s3cr3t" }, Json.Options))
        {
            Description = "Fake 1500",
            Needs = needs,
        };

    public async Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, CancellationToken ct)
    {
        Asked.Add(probe);
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _asking));
        try
        {
            if (Gate is { } gate)
                await gate.Task.WaitAsync(ct);
            if ($"{probe.Address}" == Breaks)
                throw new InvalidOperationException("A bug.");
            return Devices.TryGetValue($"{probe.Address}", out var found)
                ? [found]
                : throw new DeviceException(DeviceFault.Unreachable, "Nobody there.");
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    public JsonElement Normalise(JsonElement settings, FieldErrors errors) => _device.Normalise(settings, errors);

    public IUpsSession Open(UpsDevice device) => _device.Open(device);
}
