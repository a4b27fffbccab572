using System.Net;
using Microsoft.Data.Sqlite;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>A journal that cannot be written does not stop a shutdown; the run says so (DESIGN 3).</summary>
public sealed class StorageTroubleTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    private readonly string _disk = Directory.CreateTempSubdirectory("vmpm-small-").FullName;

    protected override async Task<AppProcess> StartAppAsync()
    {
        (await Shell.RunAsync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", _disk])).Ok("mount tmpfs");
        return await AppProcess.StartAsync(_disk);
    }

    protected override async Task AfterAppAsync()
    {
        await Shell.RunAsync("umount", ["-l", _disk]);
        if (Directory.Exists(_disk))
            Directory.Delete(_disk);
    }

    [Fact]
    public async Task DatabaseLockedDuringARun_TheRunGoesOnUnjournaled()
    {
        var runs = await ServerPlanAsync();
        await using var other = new SqliteConnection($"Data Source={Path.Combine(_disk, "app.db")};Pooling=False");
        await other.OpenAsync(CancellationToken.None);
        await ExecuteAsync(other, "BEGIN EXCLUSIVE");
        await OutageGoesThroughAsync();
        await ExecuteAsync(other, "ROLLBACK");
        await IsMarkedAsync(runs);
    }

    [Fact]
    public async Task DiskFullDuringARun_TheRunGoesOnUnjournaled()
    {
        var runs = await ServerPlanAsync();
        var filler = Path.Combine(_disk, "filler");
        await FillAsync(filler);
        await OutageGoesThroughAsync();
        Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync(HttpMethod.Get, "/healthz/live")).Status);
        File.Delete(filler);
        await IsMarkedAsync(runs);
    }

    private async Task<Runs> ServerPlanAsync()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        return await AddPlanAsync(
            Plan.Body(
                "trouble",
                [ups],
                Plan.Phase("first", 1, Plan.Command(host, Lab.Targets.MarkCommand("first"))),
                Plan.Phase("hosts", 3, Plan.Host(host))
            )
        );
    }

    private async Task OutageGoesThroughAsync()
    {
        var dark = await Lab.Nut.OnBatteryAsync("ups1");
        var told = await ToldAsync(20);
        Assert.Equal(["first"], Lab.Targets.Marks());
        Print($"on battery to host told, phases at 1 s and 3 s: {(told.At - dark).TotalSeconds:0.00} s");
    }

    private static Task IsMarkedAsync(Runs runs) =>
        Until.True(
            "the run is marked unjournaled",
            30,
            async () => (await runs.OfKindAsync("shutdown")).Any(r => (bool?)r["unjournaled"] == true)
        );

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static async Task FillAsync(string path)
    {
        var zeros = new byte[4096];
        try
        {
            await using var filler = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
            while (true)
                await filler.WriteAsync(zeros, CancellationToken.None);
        }
        catch (IOException full)
        {
            Print($"disk filled: {full.Message}");
        }
    }
}
