using Bunit;
using Microsoft.AspNetCore.Components;

namespace VmPowerManager.Tests;

internal static class Settling
{
    /// <summary>Waits until what was clicked or typed has been handled, up to where its handler waits itself: while the
    /// page renders, an event is only queued.</summary>
    public static void Settle<T>(this IRenderedComponent<T> page)
        where T : IComponent => page.InvokeAsync(() => { }).GetAwaiter().GetResult();
}
