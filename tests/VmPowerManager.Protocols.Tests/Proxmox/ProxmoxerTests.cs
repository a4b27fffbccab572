using System.Diagnostics;
using VmPowerManager.Lab.Proxmox;

namespace VmPowerManager.Protocols.Tests.Proxmox;

/// <summary>A client that we did not write (Debian's python3-proxmoxer) uses the same stand-in: it cannot merely agree
/// with our own.</summary>
public sealed class ProxmoxerTests
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import sys, time
        from proxmoxer import ProxmoxAPI
        from proxmoxer.core import ResourceException
        from proxmoxer.backends.https import AuthenticationError
        port, user, password, token, secret, backup = sys.argv[1:7]
        def done(api, node, upid):
            for _ in range(100):
                s = api.nodes(node).tasks(upid).status.get()
                if s["status"] == "stopped":
                    return s["exitstatus"]
                time.sleep(0.05)
        for login in (dict(user=user, password=password), dict(user=user, token_name=token, token_value=secret)):
            api = ProxmoxAPI("127.0.0.1", port=int(port), verify_ssl=False, **login)
            print(api.version.get()["version"], sorted(n["node"] for n in api.nodes.get()))
            print(sorted((g["vmid"], g["status"]) for g in api.cluster.resources.get(type="vm")))
            print([n["name"] for n in api.cluster.status.get() if n.get("local")])
            print("VM.PowerMgmt" in api.access.permissions.get()["/vms"])
            print("shutdown", done(api, "pve1", api.nodes("pve1").qemu(100).status.shutdown.post(timeout=10)))
            print(api.nodes("pve1").qemu(100).status.current.get()["status"])
            print("start", done(api, "pve1", api.nodes("pve1").qemu(100).status.start.post()))
            print("hung", done(api, "pve2", api.nodes("pve2").qemu(102).status.shutdown.post(timeout=1)))
            upid = api.nodes("pve2").qemu(102).status.shutdown.post(timeout=60)
            print("overruled", done(api, "pve2", api.nodes("pve2").qemu(102).status.stop.post(**{"overrule-shutdown": 1})))
            print(api.nodes("pve2").tasks(upid).status.get()["status"])
            api.nodes("pve2").qemu(102).status.start.post()
            print("ha", done(api, "pve1", api.nodes("pve1").qemu(103).status.shutdown.post(timeout=10)),
                  api.nodes("pve1").qemu(103).status.current.get()["status"])
            try:
                api.nodes("pve1").qemu(100).status.stop.post(nonsense=1)
            except ResourceException as e:
                print(e)
        try:
            ProxmoxAPI("127.0.0.1", port=int(port), verify_ssl=False, user=user, password="wrong")
        except AuthenticationError as e:
            print("refused")
        api = ProxmoxAPI("127.0.0.1", port=int(backup), verify_ssl=False, service="PBS", user="power@pbs",
                         token_name="manager", token_value="0e8f63a5-93a1-4b55-8b0b-0f6d2a0e7d11")
        print(api.version.get()["version"], api.nodes("localhost").status.post(command="shutdown"))
        """;

    [Fact]
    public async Task Proxmoxer_DrivesTheStandIn()
    {
        if (!File.Exists("/usr/lib/python3/dist-packages/proxmoxer/__init__.py"))
        {
            if (Environment.GetEnvironmentVariable("LAB") == "required")
                Assert.Fail("The lab is required: python3-proxmoxer is not installed");
            Assert.Skip("python3-proxmoxer is not installed");
        }
        await using var lab = await FakeCluster.StartAsync("pve1", "pve2");
        lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
            }
        );
        lab.Add(
            new FakeGuest
            {
                Id = 102,
                Name = "hung",
                Node = "pve2",
                ShutdownTakes = null,
            }
        );
        lab.Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
                ShutdownTakes = TimeSpan.FromSeconds(30),
            }
        );
        await using var backup = new FakeBackupServer();
        await backup.Door.OpenAsync();

        var said = await RunAsync(lab.Node("pve1").Door.Port, backup.Door.Port);

        string[] once =
        [
            "9.2.1 ['pve1', 'pve2']",
            "[(100, 'running'), (102, 'running'), (103, 'running')]",
            "['pve1']",
            "True",
            "shutdown OK",
            "stopped",
            "start OK",
            "hung VM quit/powerdown failed - got timeout",
            "overruled OK",
            "stopped",
            "ha OK running",
            "400 Bad Request: Parameter verification failed.",
        ];
        Assert.Equal(
            [.. once, .. once, "refused", "4.0 None"],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Equal(["shutdown"], backup.Commands);
    }

    private static async Task<string> RunAsync(int port, int backup)
    {
        var start = new ProcessStartInfo(Python, ["-W", "ignore", "-c", Script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in (string[])
                [$"{port}", FakeCluster.User, FakeCluster.Password, "manager", FakeCluster.Secret, $"{backup}"]
        )
            start.ArgumentList.Add(argument);
        // These would overrule its "do not verify".
        foreach (
            var name in (string[])["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]
        )
            start.Environment.Remove(name);
        start.Environment["NO_PROXY"] = "*";
        using var python = Process.Start(start)!; // not null: no shell is used
        var (output, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, await error + await output);
        return await output;
    }
}
