using System.Globalization;
using System.Net;
using System.Text;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>Whatever a server sends, a call answers or fails as a device fault: nothing else gets out, nothing hangs, nothing
/// grows. VMPM_FUZZ is the number of inputs of a long run.</summary>
public sealed class NutFuzzTests(ITestOutputHelper output)
{
    private const int Inputs = 200_000;

    /// <summary>A call, and what a real server (2.8.0) answers to it.</summary>
    private static readonly (string Answer, Func<NutClient, Task> Call)[] Talk =
    [
        ("BEGIN LIST UPS\nUPS ups1 \"Rack \\\"A\\\"\"\nUPS ups2 \"\"\nEND LIST UPS\n", c => c.ListUpsAsync(default)),
        ("VAR ups1 ups.status \"ALARM OL CHRG\"\n", c => c.GetVariableAsync("ups1", "ups.status", default)),
        ("ERR VAR-NOT-SUPPORTED\n", c => c.GetVariableAsync("ups1", "ups.status", default)),
        ("ERR DATA-STALE\n", c => c.GetVariableAsync("ups1", "ups.status", default)),
        (
            "BEGIN LIST VAR ups1\nVAR ups1 battery.charge \"100\"\nVAR ups1 device.mfr \"C:\\\\APC\"\n"
                + "VAR ups1 driver.version.internal \"0.15\"\nVAR ups1 ups.status \"OL\"\nEND LIST VAR ups1\n",
            c => c.ListVariablesAsync("ups1", default)
        ),
        ("BEGIN LIST CMD ups1\nCMD ups1 load.off\nEND LIST CMD ups1\n", c => c.ListCommandsAsync("ups1", default)),
        (
            "BEGIN LIST RW ups1\nRW ups1 ups.delay.start \"30\"\nEND LIST RW ups1\n",
            c => c.ListWritableAsync("ups1", default)
        ),
        (
            "BEGIN LIST ENUM ups1 input.sensitivity\nENUM ups1 input.sensitivity \"low\"\n"
                + "ENUM ups1 input.sensitivity \"high\"\nEND LIST ENUM ups1 input.sensitivity\n",
            c => c.ListChoicesAsync("ups1", "input.sensitivity", default)
        ),
        (
            "BEGIN LIST RANGE ups1 ups.delay.start\nRANGE ups1 ups.delay.start \"0\" \"599940\"\n"
                + "END LIST RANGE ups1 ups.delay.start\n",
            c => c.ListRangesAsync("ups1", "ups.delay.start", default)
        ),
        (
            "TYPE ups1 ups.id RW ENUM STRING:32\n",
            async c => _ = (await c.GetTypeAsync("ups1", "ups.id", default)).LongestText
        ),
        ("DESC ups1 ups.id \"UPS system identifier\"\n", c => c.GetDescriptionAsync("ups1", "ups.id", default)),
        (
            "CMDDESC ups1 load.off \"Turn off the load immediately\"\n",
            c => c.GetCommandDescriptionAsync("ups1", "load.off", default)
        ),
        (
            "OK\nOK TRACKING 2DDC5036-F665-4D29-BE4C-0374D091D263\nPENDING\n",
            async c =>
                await c.GetProgressAsync(await c.RunCommandAsync("ups1", "load.off", null, default) ?? "", default)
        ),
        (
            "OK\nOK TRACKING 98C489FD-821C-4132-9D93-4F6590B55E63\nERR FAILED\n",
            async c =>
                await c.GetProgressAsync(await c.SetVariableAsync("ups1", "ups.id", "a b", default) ?? "", default)
        ),
        (
            "ERR ACCESS-DENIED\nERR ACCESS-DENIED\nERR UNKNOWN-COMMAND\nOK\nOK Goodbye\n",
            async c =>
                _ =
                    await c.CheckCredentialsAsync("ups1", default) == NutCredential.Denied
                    && await c.CheckLoginAsync("ups1", default)
        ),
    ];

    private static readonly NutEndpoint Nowhere = new("fuzz", 1);
    private readonly SortedDictionary<string, int> _ends = new(StringComparer.Ordinal);

    [Fact]
    public async Task Transcript_Unmutated_IsReadAsItIs()
    {
        var answers = Encoding.UTF8.GetBytes(string.Concat(Talk.Take(3).Append(Talk[4]).Select(t => t.Answer)));
        using var server = new NutMemoryServer(answers);
        var client = Client(server);

        Assert.Equal([new NutUps("ups1", "Rack \"A\""), new NutUps("ups2", "")], await client.ListUpsAsync(default));
        Assert.Equal("ALARM OL CHRG", await client.GetVariableAsync("ups1", "ups.status", default));
        Assert.Null(await client.GetVariableAsync("ups1", "ups.status", default));
        Assert.Equal(@"C:\APC", (await client.ListVariablesAsync("ups1", default))["device.mfr"]);
    }

    [Fact]
    public void Answers_Mutated_OnlyDeviceFaultsGetOut()
    {
        var given = Environment.GetEnvironmentVariable("VMPM_FUZZ");
        var inputs = int.TryParse(given, CultureInfo.InvariantCulture, out var many) ? many : Inputs;
        var began = TimeProvider.System.GetTimestamp();
        var mutator = new NutMutator(seed: 20260101, [.. Talk.Select(t => Encoding.UTF8.GetBytes(t.Answer))]);
        for (var i = 0; i < inputs; i++)
            Try(mutator.Next(), Talk[i % Talk.Length].Call);

        var ends = string.Join(", ", _ends.Select(e => $"{e.Key} {e.Value}"));
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inputs} inputs in {seconds:0.0} s: {ends}"));
        Assert.True(inputs < Inputs || _ends.Count >= 5, $"The inputs reach little: {ends}");
    }

    private void Try(byte[] answer, Func<NutClient, Task> talk)
    {
        using var server = new NutMemoryServer(answer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        // The server's answers are at hand: a call has ended when it returns, or it never will.
        var call = talk(Client(server));
        var grown = GC.GetAllocatedBytesForCurrentThread() - before;
        var text = Encoding.Latin1.GetString(answer.AsSpan(0, Math.Min(answer.Length, 400)));
        Assert.True(call.IsCompleted, $"Hangs: {text}");
        // Buffers, an exception with its trace, and a small multiple of what came.
        Assert.True(grown < 200_000 + (300L * answer.Length), $"{grown} bytes for {answer.Length}: {text}");
        var end = call.Exception?.InnerException switch
        {
            null => "answered",
            DeviceException e => e.Fault.ToString(),
            NutDataStaleException => "stale",
            { } e => throw new InvalidOperationException(text, e),
        };
        _ends[end] = _ends.GetValueOrDefault(end) + 1;
    }

    private static NutClient Client(NutMemoryServer server) =>
        new(Nowhere, new NutConnection(server, () => false, TimeProvider.System), IPAddress.Loopback);
}
