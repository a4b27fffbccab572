using System.Globalization;
using System.Text;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Twenty hosts with 25 guests each, by libvirt's own test driver behind one real OpenSSH, each at an address of its
/// own at which connections are counted. Budget: discovered within 5 s on an idle machine, which also runs the peers; fails
/// above three times that.</summary>
public sealed class BreadthTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    private const int HostCount = 20;
    private const int GuestCount = 25;
    private readonly List<Relay> _relays = [];

    [Fact]
    public async Task TwentyHostsOf25Guests_AreDiscovered_OverOneConnectionEach()
    {
        var ups = await AddUpsAsync();
        var before = App.ResidentMegabytes();
        var hosts = new List<int>();
        for (var i = 0; i < HostCount; i++)
            hosts.Add(await Api.CreateAsync("hosts", Body(i, ups)));
        var first = await SecondsAsync(hosts);
        var again = await SecondsAsync(hosts);

        Assert.Equal(HostCount * GuestCount, (await Api.ListAsync("guests")).Count);
        var connections = _relays.Select(r => (double)r.Accepted).ToList();
        Print($"{HostCount} hosts x {GuestCount} guests: all discovered in {first:0.00} s, again in {again:0.00} s");
        Print($"connections a host: {Figures.Line(connections, "", "0")}");
        Print($"resident: {before} MB before, {App.ResidentMegabytes()} MB after");
        Assert.All(connections, c => Assert.InRange(c, 1, 2));
        Assert.InRange(App.ResidentMegabytes(), 1, 400);
        Assert.True(Math.Min(first, again) <= 15, $"{again:0.0} s is above three times the budget of 5 s");
    }

    protected override Task AfterAppAsync()
    {
        foreach (var relay in _relays)
            relay.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>All at once, until the last one has answered with all its guests.</summary>
    private async Task<double> SecondsAsync(List<int> hosts)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var found = await Task.WhenAll(hosts.Select(h => Api.PostAsync($"hosts/{h}/discover")));
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        Assert.All(found, f => Assert.Equal(GuestCount, f["items"]?.AsArray().Count));
        return seconds;
    }

    private object Body(int number, int ups)
    {
        var relay = new Relay(Lab.SshPort);
        _relays.Add(relay);
        return new
        {
            name = string.Create(CultureInfo.InvariantCulture, $"kvm{number:00}"),
            platform = "libvirt",
            supplies = new[] { new { upsId = ups, powerValue = 1 } },
            minSupplies = 1,
            ssh = new
            {
                host = "127.0.0.1",
                port = relay.Port,
                userName = "lab",
                privateKey = Lab.Targets.PrivateKey,
                libvirtUri = $"test://{World(number)}",
            },
        };
    }

    /// <summary>What libvirt's test driver makes its guests of; all of them run.</summary>
    private string World(int number)
    {
        var text = new StringBuilder("<node>\n");
        for (var guest = 0; guest < GuestCount; guest++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"<domain type='test'><name>vm{number:00}-{guest:00}</name><uuid>{number:x8}-0000-4000-8000-{guest:x12}</uuid><memory>65536</memory><os><type>hvm</type></os></domain>\n"
            );
        var file = Path.Combine(Lab.Folder, $"world-{number}.xml");
        File.WriteAllText(file, text.Append("</node>\n").ToString());
        return file;
    }
}
