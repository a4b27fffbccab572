using System.Net;
using System.Text.Json;
using VmPowerManager.Lab;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>The stand-in for WinRM, driven by clients that are not ours: what it says is what they understand.</summary>
public sealed class WinrmOthersTests
{
    [Fact]
    public async Task Pywinrm_DrivesTheStandIn()
    {
        WinrmLab.RequirePython();
        await using var lab = new WinrmLab();
        await using var server = await StartAsync(lab, "vmpm");

        var seen = await lab.SeenAsync("python", $"{server.Url}", "vmpm", "p&<ss'12", "basic");

        AssertRuns(seen);
        Assert.Contains("incorrect", seen.GetProperty("terminated").GetString(), StringComparison.Ordinal);
        Assert.Contains("2150858843", seen.GetProperty("unknown shell").GetString(), StringComparison.Ordinal);
        Assert.NotNull(seen.GetProperty("wrong password").GetString());
        Assert.Equal((0, 0), (server.Shells.Count, server.Shells.Running));
    }

    [Fact]
    public async Task MasterzenWinrm_DrivesTheStandIn()
    {
        WinrmLab.RequireGo();
        await using var lab = new WinrmLab();
        await using var server = await StartAsync(lab, "vmpm");

        var seen = await lab.SeenAsync("go", "127.0.0.1", $"{server.Port}", "vmpm", "p&<ss'12");

        Assert.Equal(new Outcome("hello\n", "wrong\n", 3, ""), Of("both"));
        Assert.Equal(new Outcome("grüße <&>", "", 0, ""), Of("text"));
        Assert.Equal(new Outcome("400000", "", 0, ""), Of("large"));
        Assert.Equal(new Outcome("late\n", "", 0, ""), Of("late"));
        Assert.StartsWith("stub", Of("powershell").Out, StringComparison.Ordinal);
        Assert.Contains("401", Of("wrong password").Fault, StringComparison.Ordinal);
        Assert.Equal((0, 0), (server.Shells.Count, server.Shells.Running));

        Outcome Of(string name) => seen.GetProperty(name).Deserialize<Outcome>()!; // not null: it is an object
    }

    /// <summary>NTLM by libraries that are not ours on both sides: the lab itself is right.</summary>
    [Fact]
    public async Task Pywinrm_ByNtlm_DrivesTheStandInBehindApache()
    {
        WinrmLab.RequirePython();
        WinrmLab.RequireNtlm();
        await using var lab = new WinrmLab();
        await using var server = await StartAsync(lab, null);
        await lab.StartNtlmAsync(server);
        var url = $"https://127.0.0.1:{lab.Port}/wsman";

        AssertRuns(await lab.SeenAsync("python", url, WinrmLab.User, WinrmLab.Password, "ntlm"));
    }

    private static void AssertRuns(JsonElement seen)
    {
        Assert.Equal("[\"hello\\n\",\"wrong\\n\",3]", Text("both"));
        Assert.Equal("grüße", seen.GetProperty("same shell")[0].GetString());
        Assert.Equal(400_000, seen.GetProperty("large").GetInt32());
        Assert.Equal("[\"late\\n\",\"\",0]", Text("late"));
        Assert.StartsWith("stub -NoProfile", seen.GetProperty("powershell")[0].GetString(), StringComparison.Ordinal);

        string Text(string name) => JsonSerializer.Serialize(seen.GetProperty(name));
    }

    private static async Task<WinrmServer> StartAsync(WinrmLab lab, string? user)
    {
        var powershell = Path.Combine(lab.Folder, "powershell");
        await File.WriteAllTextAsync(powershell, "#!/bin/sh\necho stub \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(powershell, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        // masterzen/winrm writes it so.
        File.CreateSymbolicLink(powershell + ".exe", powershell);
        return await WinrmServer.StartAsync(
            lab.Folder,
            user is null ? null : new NetworkCredential(user, "p&<ss'12"),
            user is null ? null : WinrmServer.NewCertificate()
        );
    }

    private sealed record Outcome(string Out, string Err, int Code, string Fault);
}
