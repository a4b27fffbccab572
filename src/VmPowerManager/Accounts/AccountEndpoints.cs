using System.Globalization;
using System.Security.Claims;
using VmPowerManager.Core;

namespace VmPowerManager.Accounts;

internal static class AccountEndpoints
{
    public static void MapAccountEndpoints(this IEndpointRouteBuilder app)
    {
        var open = app.MapGroup("/api/v1").WithTags("Getting in").AllowAnonymous();
        open.MapPost("/setup", SetUpAsync).WithSummary("Create the first administrator, once");
        open.MapPost("/auth/token", SignInAsync).WithSummary("Sign in: an access token for 15 minutes");
        open.MapPost("/auth/refresh", RefreshAsync).WithSummary("A new access token for a refresh token, once");

        var users = app.MapGroup("/api/v1/users").WithTags("Users");
        users.MapGet("", UsersAsync).WithSummary("All users");
        users.MapPost("", AddUserAsync).WithSummary("Create a user");
        users.MapPut("/{id:int}", ChangeUserAsync).WithSummary("Change a user; what is left out is kept");
        users.MapDelete("/{id:int}", RemoveUserAsync).WithSummary("Delete a user");
        users.MapPost("/{id:int}/unlock", UnlockUserAsync).WithSummary("End a user's lock-out after failed sign-ins");

        var own = app.MapGroup("/api/v1/account").WithTags("Your account");
        own.MapGet("", OwnAsync).WithSummary("Your own account");
        own.MapPost("/password", ChangePasswordAsync)
            .WithSummary("Change your password; ends all your sessions and API tokens");

        var tokens = app.MapGroup("/api/v1/tokens").WithTags("API tokens");
        tokens.MapGet("", TokensAsync).WithSummary("Your API tokens");
        tokens.MapPost("", AddTokenAsync).WithSummary("Create an API token; it is shown this once");
        tokens.MapDelete("/{id:int}", RemoveTokenAsync).WithSummary("End an API token");
    }

    private static async Task<IResult> SetUpAsync(
        SetupRequest request,
        SetupCommands setup,
        HttpContext http,
        CancellationToken ct
    ) =>
        TypedResults.Json(await setup.SetUpAsync(request, http.Remote(), ct), statusCode: StatusCodes.Status201Created);

    private static Task<TokenView> SignInAsync(
        TokenRequest request,
        SessionCommands sessions,
        HttpContext http,
        CancellationToken ct
    ) => sessions.SignInAsync(request, http.Remote(), ct);

    private static Task<TokenView> RefreshAsync(
        RefreshRequest request,
        SessionCommands sessions,
        CancellationToken ct
    ) => sessions.RefreshAsync(request, ct);

    private static Task<Page<UserView>> UsersAsync(
        ClaimsPrincipal actor,
        AccountQueries accounts,
        CancellationToken ct
    ) => accounts.UsersAsync(actor, ct);

    private static async Task<IResult> AddUserAsync(
        UserRequest request,
        ClaimsPrincipal actor,
        UserCommands users,
        CancellationToken ct
    )
    {
        var user = await users.AddAsync(actor, request, ct);
        return TypedResults.Created(Invariant($"/api/v1/users/{user.Id}"), user);
    }

    private static Task<UserView> ChangeUserAsync(
        int id,
        UserRequest request,
        ClaimsPrincipal actor,
        UserCommands users,
        CancellationToken ct
    ) => users.ChangeAsync(actor, id, request, ct);

    private static async Task<IResult> RemoveUserAsync(
        int id,
        ClaimsPrincipal actor,
        UserCommands users,
        CancellationToken ct
    )
    {
        await users.RemoveAsync(actor, id, ct);
        return TypedResults.NoContent();
    }

    private static Task<UserView> UnlockUserAsync(
        int id,
        ClaimsPrincipal actor,
        UserCommands users,
        CancellationToken ct
    ) => users.UnlockAsync(actor, id, ct);

    private static Task<UserView> OwnAsync(ClaimsPrincipal actor, AccountQueries accounts, CancellationToken ct) =>
        accounts.OwnAsync(actor, ct);

    private static async Task<IResult> ChangePasswordAsync(
        PasswordRequest request,
        ClaimsPrincipal actor,
        OwnAccount account,
        HttpContext http,
        CancellationToken ct
    )
    {
        await account.ChangePasswordAsync(actor, request, http.Remote(), ct);
        return TypedResults.NoContent();
    }

    private static Task<Page<ApiTokenView>> TokensAsync(
        ClaimsPrincipal actor,
        AccountQueries accounts,
        CancellationToken ct
    ) => accounts.TokensAsync(actor, ct);

    private static async Task<IResult> AddTokenAsync(
        ApiTokenRequest request,
        ClaimsPrincipal actor,
        ApiTokenCommands tokens,
        CancellationToken ct
    )
    {
        var token = await tokens.AddAsync(actor, request, ct);
        return TypedResults.Created(Invariant($"/api/v1/tokens/{token.Id}"), token);
    }

    private static async Task<IResult> RemoveTokenAsync(
        int id,
        ClaimsPrincipal actor,
        ApiTokenCommands tokens,
        CancellationToken ct
    )
    {
        await tokens.RemoveAsync(actor, id, ct);
        return TypedResults.NoContent();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
