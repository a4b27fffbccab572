namespace VmPowerManager.Core;

/// <summary>A list as the API answers it: <c>{"items": [...], "nextCursor": null}</c>. A cursor is opaque; it asks for
/// what follows this page, and null means that nothing does.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor = null);
