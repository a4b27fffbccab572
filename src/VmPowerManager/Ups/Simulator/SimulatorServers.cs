using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Nut.Server;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;

namespace VmPowerManager.Ups.Simulator;

/// <summary>The simulated devices and where they can be read: every other one behind the NUT server, the rest each behind
/// an SNMP agent of its own. Loopback only, and with a password of this start: other programs on this machine must not
/// play with what plans may follow.</summary>
internal sealed class SimulatorServers : IAsyncDisposable
{
    private const string Prefix = "sim";
    private const string Nut = "nut";
    private const string Snmp = "snmp";
    private const string User = "simulator";

    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<SimulatorTraps> _traps = [];
    private readonly List<SimulatorEntry> _entries = [];

    /// <summary>By the number of the device.</summary>
    public IReadOnlyList<SimulatorEntry> Entries => _entries;

    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public static async Task<SimulatorServers> OpenAsync(SimulatorOptions options, bool withSnmp, TimeProvider time)
    {
        var servers = new SimulatorServers();
        try
        {
            servers.Open(options, withSnmp, time);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings block of a UPS that reads this device.</summary>
    public JsonObject Block(SimulatorEntry entry) =>
        entry.Driver == Nut
            ? new JsonObject
            {
                ["host"] = "127.0.0.1",
                ["port"] = entry.Port,
                ["upsName"] = entry.UpsName,
                ["userName"] = User,
                ["password"] = _password,
            }
            : new JsonObject
            {
                ["host"] = "127.0.0.1",
                ["port"] = entry.Port,
                ["version"] = "v3",
                ["userName"] = User,
                ["authProtocol"] = "sha256",
                ["authPassword"] = _password,
                ["privProtocol"] = "aes128",
                ["privPassword"] = _password,
            };

    public async Task SendTrapsAsync(CancellationToken ct)
    {
        foreach (var traps in _traps)
            await traps.SendAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _traps.ForEach(traps => traps.Dispose());
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private void Open(SimulatorOptions options, bool withSnmp, TimeProvider time)
    {
        var numbers = Enumerable.Range(1, options.Upses).ToLookup(n => withSnmp && n % 2 == 0);
        var byNut = numbers[false].Select(n => New(n, SimulatedReturn.Cycles, time)).ToList();
        var nut = NutServer.Start(
            new IPEndPoint(IPAddress.Loopback, options.NutPort),
            byNut.Select(device => new SimulatedNut(device)),
            [new NutServerUser(User, _password, MayControl: true)],
            time
        );
        _servers.Add(nut);
        _entries.AddRange(byNut.Select(d => new SimulatorEntry(d, Nut, nut.EndPoint.Port, d.Key)));
        var port = options.SnmpPort;
        foreach (var number in numbers[true])
        {
            // As RFC 1628 has it: mains back before the end of the countdown, and it stays off.
            OpenAgent(New(number, SimulatedReturn.StaysOff, time), port, options.TrapsTo, time);
            port += port > 0 ? 1 : 0;
        }
        _entries.Sort((one, other) => Number(one.Device.Key).CompareTo(Number(other.Device.Key)));
    }

    private void OpenAgent(SimulatedDevice device, int port, IPEndPoint? trapsTo, TimeProvider time)
    {
        var user = new SnmpUser(User)
        {
            Auth = SnmpAuth.Sha256,
            AuthPassword = _password,
            Privacy = SnmpPrivacy.Aes128,
            PrivacyPassword = _password,
        };
        var agent = SnmpAgent.Start(
            new IPEndPoint(IPAddress.Loopback, port),
            new SimulatedSnmp(device),
            new SnmpAgentAccess { ReadCommunity = "public", Users = [user] },
            time
        );
        _servers.Add(agent);
        _entries.Add(new SimulatorEntry(device, Snmp, agent.EndPoint.Port, null));
        if (trapsTo is not null)
            _traps.Add(new SimulatorTraps(device, trapsTo));
    }

    /// <summary>Not all the same: a demo of equal devices shows little.</summary>
    private static SimulatedDevice New(int number, SimulatedReturn way, TimeProvider time)
    {
        var model = new SimulatedModel { Return = way };
        if (number % 2 == 0)
            model = model with
            {
                Name = "Simulated UPS 3000",
                RatedWatts = 2700,
                RatedVoltAmperes = 3000,
                FullLoadRuntime = TimeSpan.FromMinutes(9),
            };
        var ups = new SimulatedUps(model) { LoadWatts = model.RatedWatts * (0.2 + (0.07 * (number % 6))) };
        return new SimulatedDevice($"{Prefix}{number}", ups, time);
    }

    /// <summary>Of a key that <see cref="New"/> made.</summary>
    public static int Number(string key) => int.Parse(key.AsSpan(Prefix.Length), CultureInfo.InvariantCulture);
}
