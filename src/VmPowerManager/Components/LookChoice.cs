namespace VmPowerManager.Components;

/// <summary>How this browser wants pages to look, for a page that lets people choose; the layout hands it down.</summary>
/// <param name="Choice"><c>light</c>, <c>dark</c> or <c>system</c>.</param>
/// <param name="ChooseAsync">Takes another of the three.</param>
public sealed record LookChoice(string Choice, Func<string, Task> ChooseAsync);
