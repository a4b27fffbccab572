using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Components;

namespace VmPowerManager.Accounts.Pages;

/// <summary>The users, for administrators.</summary>
public sealed partial class UsersPage
{
    private readonly Attempt _attempt = new();
    private IReadOnlyList<UserView>? _all;
    private string? _search;

    [Inject]
    private AccountQueries Accounts { get; set; } = default!; // injected, as the others

    [Inject]
    private UserCommands Users { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private IEnumerable<UserView> Shown =>
        (_all ?? []).Where(u => u.Email.Contains(_search ?? "", StringComparison.OrdinalIgnoreCase));

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() => _all = (await Accounts.UsersAsync(Actor, Gone)).Items;

    private bool IsMe(UserView user) => user.Id == Access.UserId(Actor);

    private bool IsLocked(UserView user) => user.LockedUntil > Time.GetUtcNow();

    private async Task AddAsync()
    {
        if (await UserDialog.OpenAsync(Dialogs, L["Add a user"], UserDialog.Asks.Everything, AddAsync))
            await LoadAsync();

        async Task AddAsync(UserRequest request)
        {
            var user = await Users.AddAsync(Actor, request, CancellationToken.None);
            Snackbar.Add(L["{0} was added.", user.Email], Severity.Success);
        }
    }

    private Task ChangeAsync(UserView user) => EditAsync(user, L["Role of {0}", user.Email], UserDialog.Asks.Role);

    private Task ResetAsync(UserView user) =>
        EditAsync(user, L["New password for {0}", user.Email], UserDialog.Asks.Password);

    private async Task EditAsync(UserView user, string title, UserDialog.Asks asks)
    {
        if (await UserDialog.OpenAsync(Dialogs, title, asks, StoreAsync, user.Role))
            await LoadAsync();

        async Task StoreAsync(UserRequest request)
        {
            await Users.ChangeAsync(Actor, user.Id, request, CancellationToken.None);
            Snackbar.Add(L["{0} was changed.", user.Email], Severity.Success);
        }
    }

    private async Task UnlockAsync(UserView user)
    {
        if (await _attempt.RunAsync(() => Users.UnlockAsync(Actor, user.Id, CancellationToken.None)))
            Snackbar.Add(L["{0} can sign in again.", user.Email], Severity.Success);
        await LoadAsync();
    }

    private async Task RemoveAsync(UserView user)
    {
        var text = L["{0} is signed out everywhere and can no longer sign in. Their API tokens end.", user.Email];
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Delete this user?"], text, L["Delete"]))
            return;
        if (await _attempt.RunAsync(() => Users.RemoveAsync(Actor, user.Id, CancellationToken.None)))
            Snackbar.Add(L["{0} was deleted.", user.Email], Severity.Success);
        await LoadAsync();
    }
}
