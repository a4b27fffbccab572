using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace VmPowerManager.Components;

/// <summary>A component that follows <see cref="Live{T}"/> values. The first change renders at once; those that come
/// within the pause after it are shown together at its end. Ends with the component.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    /// <summary>For a card; lists take a second (STYLE: Live state).</summary>
    protected static readonly TimeSpan CardPause = TimeSpan.FromMilliseconds(100);
    protected static readonly TimeSpan ListPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _gone = new();

    protected LiveComponent() => Gone = _gone.Token;

    [Inject]
    protected TimeProvider Time { get; set; } = TimeProvider.System;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <summary>Cancelled when the component leaves the screen: hand it to every query, and to no command. What a person
    /// has confirmed is carried out to its end though they look elsewhere meanwhile: commands take
    /// <see cref="CancellationToken.None"/>. It can be asked after the end, too.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>Who looks at this. Commands take it and check it again.</summary>
    protected ClaimsPrincipal Actor { get; private set; } = new();

    /// <summary>Before any OnInitialized of a derived component, so that <see cref="Actor"/> is known there.</summary>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (Authentication is not null)
            Actor = (await Authentication).User;
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Follows a part of a live value: <paramref name="show"/> takes it, then the component renders. Nothing
    /// happens while the part stays the same. Call it from OnInitialized; the first call of <paramref name="show"/> comes
    /// before this returns.</summary>
    protected void Watch<T, TPart>(Live<T> live, Func<T, TPart> pick, Action<TPart> show, TimeSpan? pause = null)
    {
        var shown = pick(live.Value);
        show(shown);
        _ = FollowAsync();

        async Task FollowAsync()
        {
            try
            {
                await foreach (var value in live.WatchAsync(Gone))
                {
                    var part = pick(value);
                    if (EqualityComparer<TPart>.Default.Equals(part, shown))
                        continue;
                    shown = part;
                    await InvokeAsync(() =>
                    {
                        show(part);
                        StateHasChanged();
                    });
                    await Task.Delay(pause ?? CardPause, Time, Gone);
                }
            }
            catch (OperationCanceledException) when (_gone.IsCancellationRequested) { }
            catch (ObjectDisposedException) when (_gone.IsCancellationRequested) { }
            catch (Exception e)
            {
                await DispatchExceptionAsync(e);
            }
        }
    }

    protected void Watch<T>(Live<T> live, Action<T> show, TimeSpan? pause = null) =>
        Watch(live, value => value, show, pause);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}
