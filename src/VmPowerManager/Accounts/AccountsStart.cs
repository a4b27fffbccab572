using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Loads the signing key and the sessions that have ended; while no user exists, makes the configured administrator or prints the setup code.</summary>
internal sealed partial class AccountsStart(
    IServiceScopeFactory scopes,
    SigningKey key,
    SetupCode code,
    EndedSessions ended,
    EventLog events,
    IConfiguration configuration,
    ILogger<AccountsStart> logger
) : IHostedService
{
    public async Task StartAsync(CancellationToken ct)
    {
        await key.LoadAsync(configuration.GetValue<bool>("Data:AcceptLostKeys"), ct);
        await ended.LoadAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<UserAccounts>().AnyAsync(ct))
            return;
        if (await SetUpUnattendedAsync(scope.ServiceProvider.GetRequiredService<SetupCommands>(), ct))
            return;
        code.Ask();
        LogSetupCode(logger, code.Text);
    }

    public Task StopAsync(CancellationToken ct) => Task.CompletedTask;

    private async Task<bool> SetUpUnattendedAsync(SetupCommands setup, CancellationToken ct)
    {
        var (email, password) = (configuration["Setup:Email"], configuration["Setup:Password"]);
        if (string.IsNullOrWhiteSpace(email) || string.IsNullOrEmpty(password))
            return false;
        try
        {
            return await setup.SetUpUnattendedAsync(email.Trim(), password, ct);
        }
        catch (InvalidInputException e)
        {
            LogNotSetUp(logger, e.Message);
            events.Append(
                new NewEvent("accounts.setupRefused", Severity.Critical, "system", "The configured setup was refused.")
                {
                    Data = e.Errors,
                }
            );
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "No user exists yet. Setup code: {SetupCode}")]
    private static partial void LogSetupCode(ILogger logger, string setupCode);

    [LoggerMessage(LogLevel.Critical, "Setup:Email and Setup:Password cannot be used. {Reason}")]
    private static partial void LogNotSetUp(ILogger logger, string reason);
}
