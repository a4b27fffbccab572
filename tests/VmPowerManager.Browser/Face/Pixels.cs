using System.Globalization;
using Microsoft.Playwright;
using VmPowerManager.EndToEnd.Driving;

namespace VmPowerManager.Browser.Face;

/// <summary>When the words of an element began or ceased to match, by the machine's clock, at the end of the frame that
/// showed it. The page writes it down by itself, so that asking adds nothing.</summary>
public sealed class Pixels
{
    private readonly IPage _page;

    private Pixels(IPage page) => _page = page;

    /// <param name="selector">CSS, looked up anew after each change of the page.</param>
    /// <param name="pattern">A regular expression; case does not matter.</param>
    public static async Task<Pixels> WatchAsync(IPage page, string selector, string pattern)
    {
        await page.EvaluateAsync(
            """
            ([selector, pattern]) => {
              const words = new RegExp(pattern, 'i'), seen = window.vmpmSeen = [];
              const matches = () => words.test(document.querySelector(selector)?.textContent ?? '');
              let last = matches();
              const shown = value => () => {
                const frame = new MessageChannel();
                frame.port1.onmessage = () => seen.push(`${Date.now()} ${value}`);
                frame.port2.postMessage(0);
              };
              new MutationObserver(() => {
                const now = matches();
                if (now === last) return;
                last = now;
                requestAnimationFrame(shown(now));
              }).observe(document.body, { subtree: true, childList: true, characterData: true });
            }
            """,
            new[] { selector, pattern }
        );
        return new(page);
    }

    /// <summary>Each change, oldest first.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> SeenAsync() =>
        [
            .. (await _page.EvaluateAsync<string[]>("() => window.vmpmSeen")).Select(s =>
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(s.Split(' ')[0], CultureInfo.InvariantCulture))
            ),
        ];

    public Task CountAsync(int count, double seconds = 10) =>
        Until.True(
            $"{count} changes at {_page.Url}",
            seconds,
            async () => (await SeenAsync()).Count >= count,
            async () => $"{(await SeenAsync()).Count}"
        );
}
