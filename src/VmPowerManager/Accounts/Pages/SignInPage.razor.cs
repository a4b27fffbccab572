using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Accounts.Pages;

/// <summary>Password, then the code where the account has a second factor. A static form: it works without script and
/// without a circuit.</summary>
public sealed partial class SignInPage
{
    private readonly Attempt _attempt = new();
    private string? _ticket;

    [Inject]
    private SignIn Prover { get; set; } = default!; // injected, as the others

    [Inject]
    private CookieSessions Sessions { get; set; } = default!;

    [Inject]
    private SecondFactorTicket Tickets { get; set; } = default!;

    [Inject]
    private UserAccounts Users { get; set; } = default!;

    [Inject]
    private SetupCode Setup { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!; // a static page has one

    [SupplyParameterFromForm]
    private Form? Sent { get; set; }

    private Form Input => Sent ??= new Form();

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    protected override void OnInitialized()
    {
        if (Setup.Wanted)
            Navigation.NavigateTo("/setup");
        else if (Http.User.Identity?.IsAuthenticated == true)
            Navigation.NavigateTo(LocalAddress.Of(ReturnUrl));
        _ticket = string.IsNullOrEmpty(Input.Ticket) ? null : Input.Ticket;
    }

    private async Task SignInAsync()
    {
        if (await _attempt.PostAsync(Http, _ticket is null ? WithPasswordAsync : WithCodeAsync) && _ticket is null)
            Navigation.NavigateTo(LocalAddress.Of(ReturnUrl));
    }

    private async Task WithPasswordAsync()
    {
        var user = await Prover.ProvePasswordAsync(Input.Email, Input.Password, Http.Remote());
        if (user.TwoFactorEnabled)
        {
            _ticket = Tickets.Seal(user, Input.Stay);
            return;
        }
        await Prover.AcceptAsync(user, Http.Remote());
        await Sessions.BeginAsync(Http, user.Id, Input.Stay, Http.RequestAborted);
    }

    private async Task WithCodeAsync()
    {
        var proof = Tickets.Open(_ticket);
        var user = proof is null ? null : await Users.FindAsync(proof.UserId, Http.RequestAborted);
        if (proof is null || user is null || Standings.HashStamp(user.SecurityStamp) != proof.Stamp)
        {
            _ticket = null;
            throw new NotSignedInException("That took too long. Start again with your password.");
        }
        await Prover.ProveCodeAsync(user, Input.Code, Http.Remote());
        await Sessions.BeginAsync(Http, user.Id, proof.Stay, Http.RequestAborted);
        _ticket = null;
    }

    /// <summary>What the form posts.</summary>
    public sealed class Form
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
        public bool Stay { get; set; }

        /// <summary>Sealed by <see cref="SecondFactorTicket"/>.</summary>
        public string? Ticket { get; set; }
        public string? Code { get; set; }
    }
}
