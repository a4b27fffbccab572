using Microsoft.AspNetCore.Identity;
using VmPowerManager.Core;

namespace VmPowerManager.Accounts;

/// <summary>Locks addresses that no account has as Identity locks accounts, so that a lock-out tells nobody which
/// addresses exist.</summary>
internal sealed class UnknownAccounts(TimeProvider time)
{
    public const string Locked = "Too many failed attempts: this account is locked for now.";
    private const int Most = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Failures, DateTimeOffset? LockedUntil)> _accounts = [];

    /// <exception cref="TooManyAttemptsException">It is locked.</exception>
    public void DemandNotLocked(string email)
    {
        lock (_gate)
            if (_accounts.GetValueOrDefault(Key(email)).LockedUntil is { } end && end > time.GetUtcNow())
                throw new TooManyAttemptsException(Locked, end - time.GetUtcNow());
    }

    /// <exception cref="TooManyAttemptsException">This failure locked it.</exception>
    public void Fail(string email, LockoutOptions options)
    {
        lock (_gate)
        {
            var failures = _accounts.GetValueOrDefault(Key(email)).Failures + 1;
            var locks = failures >= options.MaxFailedAccessAttempts;
            // An attacker's list must not fill the memory.
            if (_accounts.Count >= Most)
                _accounts.Clear();
            _accounts[Key(email)] = locks ? (0, time.GetUtcNow() + options.DefaultLockoutTimeSpan) : (failures, null);
        }
        DemandNotLocked(email);
    }

    private static string Key(string email) => email.ToUpperInvariant();
}
