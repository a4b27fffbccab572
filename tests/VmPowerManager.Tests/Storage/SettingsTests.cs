using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Storage;

public sealed class SettingsTests
{
    [Fact]
    public async Task Secret_IsReadBack_AndNotStoredInClear()
    {
        await using var app = await RunningApp.StartAsync();
        var settings = app.Get<Settings>();

        await settings.SaveSecretAsync("test.secret", "s3cret", CancellationToken.None);
        await settings.SaveSecretAsync("test.secret", "s3cret!", CancellationToken.None);

        Assert.Equal("s3cret!", await settings.FindSecretAsync("test.secret", CancellationToken.None));
        Assert.DoesNotContain(
            "s3cret",
            await settings.FindAsync("test.secret", CancellationToken.None),
            StringComparison.Ordinal
        );
        Assert.Null(await settings.FindAsync("test.nothing", CancellationToken.None));
    }
}
