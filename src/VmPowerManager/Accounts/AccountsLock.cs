using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>For the set of users: "the last administrator" and "the first user" are facts about all of them.</summary>
internal sealed class AccountsLock : OneAtATime;
