using System.Collections.Immutable;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Ups;

/// <summary>Whether orders could be given to a UPS, as far as that shows without giving one.</summary>
/// <param name="Cut">Null: it was not asked, or has nothing to cut by.</param>
public sealed record UpsProbed(IReadOnlyList<UpsCheck> Checks, UpsTrust Trust, UpsAnswer<UpsCutAbility>? Cut)
{
    /// <summary>What stands against every order; null: nothing that is known.</summary>
    public Sentence? AgainstOrders { get; init; }

    /// <inheritdoc cref="IUpsCut.LoginTellsRights"/>
    public bool LoginTellsRights { get; init; }

    public bool Ok => AgainstOrders is null && Cut is { Ok: true } && Checks.All(c => c.State != CheckState.Failed);

    /// <summary>The step that failed: behind it nothing was asked.</summary>
    public UpsCheck? Blocked => Checks.FirstOrDefault(c => c.State == CheckState.Failed);
}

/// <summary>The newest probe of a UPS, whoever asked for it.</summary>
/// <param name="At">When it was over.</param>
public sealed record UpsChecked(DateTimeOffset At, UpsProbed Probe)
{
    /// <summary>What it was asked about; another configuration makes it void.</summary>
    internal UpsConfig? Config { get; init; }
}

/// <summary>Keeps the newest probe of each UPS, in memory: after a restart all are due. Any thread.</summary>
public sealed class UpsCheckBook(TimeProvider time)
{
    private readonly Lock _gate = new();

    public Live<ImmutableSortedDictionary<int, UpsChecked>> All { get; } =
        new(ImmutableSortedDictionary<int, UpsChecked>.Empty);

    internal void Note(UpsConfig config, UpsProbed probe)
    {
        lock (_gate)
            All.Set(All.Value.SetItem(config.Id, new UpsChecked(time.GetUtcNow(), probe) { Config = config }));
    }
}
