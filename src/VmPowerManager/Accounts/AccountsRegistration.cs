using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

public static class AccountsRegistration
{
    /// <summary>Users, roles, tokens and the doors (DESIGN 5). Whatever names no policy of its own needs somebody with
    /// a role; what is open says so with AllowAnonymous.</summary>
    public static WebApplicationBuilder AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        AddUsers(services);
        AddDoors(services);
        services.AddSingleton<AccountChanges>();
        services.AddSingleton<Standings>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<Admission>();
        services.AddSingleton<CookieSessions>();
        services.AddScoped<AuthenticationStateProvider, CircuitSession>();
        services.AddSingleton<SigningKey>();
        services.AddSingleton<SetupCode>();
        services.AddSingleton<AttemptThrottle>();
        services.AddSingleton<UnknownAccounts>();
        services.AddSingleton<SecondFactorTicket>();
        services.AddSingleton<AccountsLock>();
        services.AddSingleton<AccountQueries>();
        services.AddSingleton<ApiTokenCommands>();
        services.AddScoped<UserAccounts>();
        services.AddSingleton<UserCommands>();
        services.AddSingleton<OwnAccount>();
        services.AddScoped<SetupCommands>();
        services.AddScoped<SignIn>();
        services.AddScoped<SessionCommands>();
        services.AddHostedService<AccountsStart>();
        return builder;
    }

    public static WebApplication MapAccounts(this WebApplication app)
    {
        app.EndOpenAnswers();
        app.MapAccountEndpoints();
        app.MapSignOut();
        return app;
    }

    private static void AddUsers(IServiceCollection services) =>
        services
            .AddIdentityCore<AppUser>(o =>
            {
                o.User.RequireUniqueEmail = true;
                o.User.AllowedUserNameCharacters = "";
                o.Lockout.MaxFailedAccessAttempts = 5;
                o.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
                // Length is what helps; rules of composition do not (NIST SP 800-63B).
                o.Password.RequiredLength = 10;
                o.Password.RequiredUniqueChars = 1;
                o.Password.RequireDigit = false;
                o.Password.RequireLowercase = false;
                o.Password.RequireUppercase = false;
                o.Password.RequireNonAlphanumeric = false;
                o.ClaimsIdentity.UserIdClaimType = Doors.SubjectClaim;
                o.ClaimsIdentity.UserNameClaimType = Doors.NameClaim;
                o.ClaimsIdentity.EmailClaimType = Doors.EmailClaim;
                o.ClaimsIdentity.RoleClaimType = Doors.RoleClaim;
            })
            .AddRoles<IdentityRole<int>>()
            .AddEntityFrameworkStores<AppDb>()
            .AddDefaultTokenProviders();

    private static void AddDoors(IServiceCollection services)
    {
        var authentication = services.AddAuthentication(Doors.Any);
        authentication.AddPolicyScheme(Doors.Any, null, o => o.ForwardDefaultSelector = Choose);
        authentication.AddPolicyScheme(Doors.Bearer, null, o => o.ForwardDefaultSelector = ChooseBearer);
        authentication.AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(Doors.ApiToken, null);
        authentication.AddJwtBearer(Doors.Jwt, null, _ => { });
        authentication.AddCookie(Doors.Cookie, null, _ => { });
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtDoor>();
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, CookieDoor>();
        services.Configure<AntiforgeryOptions>(o =>
        {
            o.Cookie.Name = "vmpm-forms";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });

        services.AddSingleton<IAuthorizationMiddlewareResultHandler, EndpointGuard>();
        var signedIn = new AuthorizationPolicyBuilder().RequireRole(Enum.GetNames<Role>()).Build();
        services.AddAuthorizationBuilder().SetDefaultPolicy(signedIn).SetFallbackPolicy(signedIn);
    }

    /// <summary>/api is never opened by a cookie: a page elsewhere could make the browser send it.</summary>
    private static string Choose(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || http.Request.Headers.Authorization.Count > 0
            ? Doors.Bearer
            : Doors.Cookie;

    private static string ChooseBearer(HttpContext http) =>
        ApiTokenHandler.Presented(http.Request) is null ? Doors.Jwt : Doors.ApiToken;
}
