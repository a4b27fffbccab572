using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;

namespace VmPowerManager.Tests.Hosts;

/// <summary>What a guest that Proxmox VE hides from us is after a restart of this program (C5).</summary>
public sealed class ProxmoxRestartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GuestThatIsHidden_AfterARestart_IsUnknownNotOff()
    {
        await using var lab = await FakeCluster.StartAsync("pve1");
        lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
            }
        );
        var folder = Directory.CreateTempSubdirectory("vmhpm-hidden-").FullName;
        await using (var app = await RunningApp.StartAsync(folder))
        {
            using var admin = await app.SignInAsync();
            using var made = await admin.PostAsJsonAsync(
                "/api/v1/hosts",
                new
                {
                    name = "pve1",
                    platform = "proxmox",
                    https = new
                    {
                        baseUrl = lab.Node("pve1").Door.BaseUrl,
                        tokenId = FakeCluster.TokenId,
                        tokenSecret = FakeCluster.Secret,
                    },
                },
                Ct
            );
            var id = (int)(await made.Content.ReadFromJsonAsync<JsonNode>(Ct))!["id"]!; // it was made
            using var found = await admin.PostAsync($"/api/v1/hosts/{id}/discover", null, Ct);
            Assert.True(found.IsSuccessStatusCode, await found.Content.ReadAsStringAsync(Ct));
            Assert.Null(app.Get<IHostFeed>().Hosts[0].WholeRealm);
        }
        lab.Accounts.Known[FakeCluster.User].Rights.Grant("/vms/100", true);

        await using (var app = await RunningApp.StartAsync(folder))
        {
            var feed = app.Get<IHostFeed>();
            await HostsHarness.UntilAsync(() => feed.Hosts[0].RefreshedAt is not null);
            var host = feed.Hosts[0];
            Assert.Equal((false, GuestState.Unknown), (host.WholeRealm, Assert.Single(host.Guests).State));
            Assert.Contains("web (100): Permission check failed", Assert.Single(host.Facts, Unseen).Value, Ordinal);
        }
        Directory.Delete(folder, recursive: true);

        static bool Unseen(HostFact fact) => fact.Name == "Guests out of sight";
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
