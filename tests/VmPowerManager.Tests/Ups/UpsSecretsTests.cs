using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

/// <summary>Secrets whose keys are lost: whoever restores the keys must have them again.</summary>
public sealed class UpsSecretsTests : UpsCommandsBench
{
    private readonly string _sealed = new SecretBox(new EphemeralDataProtectionProvider()).Protect(
        new Dictionary<string, string> { ["fake.password"] = "s3cr3t" }
    );

    [Fact]
    public async Task Update_UndecryptableAndNothingSent_KeepsTheSealedText()
    {
        var id = await CreateLockedAsync();

        await Commands.UpdateAsync(Admin, id, Body(name: "other"), default);

        Assert.Equal(("other", _sealed), await StoredAsync(id));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("new", "new")]
    public async Task Update_UndecryptableAndSomethingSent_IsWhatWasSent(string sent, string? stored)
    {
        var id = await CreateLockedAsync();

        await Commands.UpdateAsync(Admin, id, Body(password: sent), default);

        var (_, secrets) = await StoredAsync(id);
        Assert.Equal(
            stored,
            secrets is null ? null : Box.Unprotect<Dictionary<string, string>>(secrets)["fake.password"]
        );
    }

    [Fact]
    public async Task Update_UndecryptableAtAnotherAddress_AsksForItAgain()
    {
        var id = await CreateLockedAsync();

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            Commands.UpdateAsync(Admin, id, Body(host: "evil.example"), default)
        );

        Assert.Equal(["fake.password"], refusal.Errors.Keys);
        Assert.Equal(("rack-a", _sealed), await StoredAsync(id));
    }

    private async Task<int> CreateLockedAsync()
    {
        var id = await CreateAsync(Body(password: "s3cr3t"));
        await using var db = Database.CreateDbContext();
        await db.Set<UpsRow>()
            .Where(u => u.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.Secrets, _sealed));
        return id;
    }

    private async Task<(string Name, string? Secrets)> StoredAsync(int id)
    {
        await using var db = Database.CreateDbContext();
        var row = await db.Set<UpsRow>().SingleAsync(u => u.Id == id);
        return (row.Name, row.Secrets);
    }
}
