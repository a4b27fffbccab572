using System.Net;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Nut.Server;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;
using VmPowerManager.Ups.Simulator;

namespace VmPowerManager.Tests.Scale;

/// <summary>Simulated UPSes served by this process: by NUT ten to a server, by SNMP each behind an agent of its own.</summary>
internal sealed class ServedUpses : IAsyncDisposable
{
    private const int UpsesOfOneServer = 10;

    private readonly List<IAsyncDisposable> _servers = [];

    /// <summary>By UPS, in order.</summary>
    public List<PollTimes> Times { get; } = [];

    /// <summary>What the API takes for each of them.</summary>
    public List<object> Bodies { get; } = [];

    /// <summary>UDP ports of the agents.</summary>
    public List<int> AgentPorts { get; } = [];

    /// <param name="pollSeconds">Null: the driver's default.</param>
    public static ServedUpses Start(string driver, int count, double? pollSeconds)
    {
        var served = new ServedUpses();
        var devices = Enumerable.Range(1, count).Select(number => New(number)).ToList();
        served.Times.AddRange(devices.Select(_ => new PollTimes(TimeProvider.System)));
        if (driver == "nut")
            served.StartServers(devices, pollSeconds);
        else
            served.StartAgents(devices, pollSeconds);
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private static SimulatedDevice New(int number) =>
        new($"ups{number}", new SimulatedUps(new SimulatedModel()) { LoadWatts = number % 800 }, TimeProvider.System);

    private void StartServers(List<SimulatedDevice> devices, double? pollSeconds)
    {
        var counted = devices.Zip(Times, (device, times) => new CountedNut(new SimulatedNut(device), times));
        foreach (var group in counted.Chunk(UpsesOfOneServer))
        {
            var server = NutServer.Start(new IPEndPoint(IPAddress.Loopback, 0), group, [], TimeProvider.System);
            _servers.Add(server);
            foreach (var device in group)
                Bodies.Add(
                    new
                    {
                        name = device.Name,
                        driver = "nut",
                        pollSeconds,
                        nut = new
                        {
                            host = "127.0.0.1",
                            port = server.EndPoint.Port,
                            upsName = device.Name,
                        },
                    }
                );
        }
    }

    private void StartAgents(List<SimulatedDevice> devices, double? pollSeconds)
    {
        foreach (var (device, times) in devices.Zip(Times))
        {
            var agent = SnmpAgent.Start(
                new IPEndPoint(IPAddress.Loopback, 0),
                new CountedSnmp(new SimulatedSnmp(device), times),
                new SnmpAgentAccess { ReadCommunity = "public" },
                TimeProvider.System
            );
            _servers.Add(agent);
            AgentPorts.Add(agent.EndPoint.Port);
            Bodies.Add(
                new
                {
                    name = device.Key,
                    driver = "snmp",
                    pollSeconds,
                    snmp = new
                    {
                        host = "127.0.0.1",
                        port = agent.EndPoint.Port,
                        version = "v2c",
                        community = "public",
                    },
                }
            );
        }
    }
}
