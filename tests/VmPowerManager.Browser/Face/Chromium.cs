using Microsoft.Playwright;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser.Face;

/// <summary>The machine's own browser, one process for the whole run. Where there is none a test that needs it is skipped;
/// with LAB=required it fails.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Path = "/usr/bin/chromium";

    // Nothing that would ask another host, and no sandbox: tests run as root.
    private static readonly string[] _arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-domain-reliability",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A profile of its own: no cookies, nothing cached.</summary>
    public async Task<IBrowserContext> ProfileAsync(BrowserNewContextOptions options)
    {
        if (!File.Exists(Path) && !Lab.Required)
            Assert.Skip($"{Path} is not installed");
        Assert.True(File.Exists(Path), $"{Path} is not installed");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Path,
                Headless = true,
                Args = _arguments,
            }
        );
        return await _browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
