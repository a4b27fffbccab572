using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace VmPowerManager.Accounts;

/// <summary>Who looks at an open page. Ends with the account, the password, the role or the session, within a minute
/// however that came about: the page then goes to sign-in. (The framework's revalidating provider knows no TimeProvider.)</summary>
internal sealed class CircuitSession : ServerAuthenticationStateProvider, IDisposable
{
    // The browser that signs out or changes its own password gets that answer first, and goes where it leads.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Admission _admission;
    private readonly TimeProvider _time;
    private CancellationTokenSource? _following;

    public CircuitSession(Admission admission, TimeProvider time)
    {
        _time = time;
        _admission = admission;
        AuthenticationStateChanged += Follow;
    }

    public void Dispose()
    {
        AuthenticationStateChanged -= Follow;
        _following?.Cancel();
        _following?.Dispose();
    }

    private void Follow(Task<AuthenticationState> state)
    {
        _following?.Cancel();
        _following?.Dispose();
        _following = new CancellationTokenSource();
        _ = FollowAsync(state, _following.Token);
    }

    private async Task FollowAsync(Task<AuthenticationState> state, CancellationToken ct)
    {
        try
        {
            var who = (await state).User;
            if (who.Identity?.IsAuthenticated != true)
                return;
            await _admission.UntilGoneAsync(who, expires: null, ct);
            await Task.Delay(Grace, _time, ct);
            SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity()))));
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    }
}
