namespace VmPowerManager.Events;

/// <summary>Marks an endpoint whose answer stays open: <c>RequestAborted</c> also ends it with the right to see it.</summary>
public sealed class StaysOpen;
