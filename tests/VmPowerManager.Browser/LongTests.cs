using System.Globalization;
using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser;

/// <summary>Measurements that take minutes: only by <c>tests/run --long</c>. VMPM_MINUTES shortens them by hand.</summary>
public sealed class LongTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut")
{
    private const int Tabs = 8;

    private static readonly int _minutes = int.TryParse(
        Environment.GetEnvironmentVariable("VMPM_MINUTES"),
        CultureInfo.InvariantCulture,
        out var minutes
    )
        ? minutes
        : 30;

    private long _bytes;
    private long _frames;
    private int _second;

    /// <summary>Dashboards (a circuit each) with a UPS whose values change every second.</summary>
    [Fact(Explicit = true)]
    public async Task DashboardsLeftOpen_NeitherServerNorWireGrow()
    {
        await AddUpsAsync();
        var visitor = await VisitAsync();
        visitor.Page.WebSocket += Count;
        await visitor.SignInAsync();
        await ReadingsAsync(60);
        var one = App.ResidentMegabytes();
        for (var i = 1; i < Tabs; i++)
            await visitor.TabAsync("/");
        await ReadingsAsync(120);
        var (early, first) = (App.ResidentMegabytes(), await UpdateAsync());
        var half = early;
        for (var minute = 5; minute <= _minutes; minute += 5)
        {
            await ReadingsAsync(5 * 60);
            Print($"after {minute} min: {App.ResidentMegabytes()} MB");
            if (minute <= _minutes / 2)
                half = App.ResidentMegabytes();
        }
        var (late, last) = (App.ResidentMegabytes(), await UpdateAsync());
        Print($"resident: {one} MB with one dashboard, {early} MB with {Tabs}, {late} MB after {_minutes} min more");
        Print(
            $"a circuit: {(early - one) / (Tabs - 1.0):0.0} MB, after {_minutes} min {(late - one) / (Tabs - 1.0):0.0} MB"
        );
        Print($"a second with an update: {first:0} bytes to the browser at first, {last:0} bytes at the end");
        Assert.InRange(last, 1, 1.2 * first);
        // The first minutes are the runtime's own: code compiled anew, caches of a fixed size filled.
        Assert.True(late <= 1.02 * half, $"{half} MB grew to {late} MB in the second half");
    }

    private void Count(object? sender, IWebSocket socket) =>
        socket.FrameReceived += (_, frame) =>
        {
            Interlocked.Add(ref _bytes, frame.Binary?.Length ?? frame.Text?.Length ?? 0);
            Interlocked.Increment(ref _frames);
        };

    private async Task<double> UpdateAsync()
    {
        const int seconds = 60;
        var before = Interlocked.Read(ref _bytes);
        await ReadingsAsync(seconds);
        return (Interlocked.Read(ref _bytes) - before) / (double)seconds;
    }

    /// <summary>Another runtime each second.</summary>
    private async Task ReadingsAsync(int seconds)
    {
        for (var end = _second + seconds; _second < end; _second++)
        {
            await Lab.Nut.SetAsync("ups1", ("battery.runtime", $"{1700 + _second % 100}"));
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }
}
