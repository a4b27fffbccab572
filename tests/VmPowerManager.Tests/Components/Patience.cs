using System.Runtime.CompilerServices;
using Bunit;

namespace VmPowerManager.Tests.Components;

internal static class Patience
{
    /// <summary>bUnit waits one second for what a screen should come to: too little on a machine that is busy.</summary>
    [ModuleInitializer]
    internal static void Set() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
}
