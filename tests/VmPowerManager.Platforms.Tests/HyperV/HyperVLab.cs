using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>What stands on a Hyper-V host, by tests/lab/hyperv: the real PowerShell engine, and its machines in a file.</summary>
public sealed class HyperVLab(LabFolder lab)
{
    public const string Uuid = "4C4C4544-0046-4410-8052-CAC04F4A4E32";
    public const string Web = "aaaaaaaa-0000-4000-8000-000000000001";
    public const string Hung = "aaaaaaaa-0000-4000-8000-000000000002";
    public const string Cold = "aaaaaaaa-0000-4000-8000-000000000003";
    private bool _up;

    public string Bin => Path.Combine(lab.Folder, "bin");
    private string StateFile => Path.Combine(lab.Folder, "hyperv/state");
    private string PowerLog => Path.Combine(lab.Folder, "hyperv/power");

    /// <summary>Three machines: one that obeys, one that hangs, one that is off.</summary>
    public async Task ReadyAsync()
    {
        if (!_up)
        {
            lab.Set("LAB_POWERSHELL", PowerShell());
            lab.Set("LAB_DOTNET", Dotnet);
            await lab.RunAsync("hyperv", "start");
            _up = true;
        }
        await File.WriteAllTextAsync(PowerLog, "");
        await FailShutdownAsync("");
        Write(
            new JsonObject
            {
                ["uuid"] = Uuid,
                ["vms"] = new JsonArray(
                    Machine(Web, "web01", "Running", "ok"),
                    Machine(Hung, "O'Brien & \"Söhne\"; Stop-Computer #", "Running", "ignore"),
                    Machine(Cold, "cold", "Off", "ok")
                ),
            }
        );
    }

    /// <summary>Changes the machine of that id, or with null the host.</summary>
    public void Set(string? id, string name, JsonNode? value)
    {
        var state = Read();
        if (id is null)
            state[name] = value;
        else
            state["vms"]!.AsArray().Single(v => (string?)v!["id"] == id)![name] = value; // the file is ours
        Write(state);
    }

    /// <summary>What the machines' orders were, in order.</summary>
    public IReadOnlyList<string> Log() => [.. (Read()["log"]?.AsArray() ?? []).Select(l => (string)l!)]; // texts

    /// <summary>Adds machines that run.</summary>
    public void Add(int count)
    {
        var state = Read();
        for (var i = 0; i < count; i++)
            state["vms"]!.AsArray().Add(Machine(Guid.NewGuid().ToString(), $"many-{i}", "Running", "ok")); // ours
        Write(state);
    }

    public async Task<string> PowerAsync() => await File.ReadAllTextAsync(PowerLog);

    /// <summary>What shutdown.exe does besides, as lines of sh.</summary>
    public Task FailShutdownAsync(string lines) =>
        File.WriteAllTextAsync(Path.Combine(lab.Folder, "hyperv/fail"), lines);

    private static JsonObject Machine(string id, string name, string state, string guest) =>
        new()
        {
            ["id"] = id,
            ["name"] = name,
            ["state"] = state,
            ["guest"] = guest,
            ["takes"] = 300,
        };

    private JsonObject Read()
    {
        using var file = Open();
        return JsonNode.Parse(file)!.AsObject(); // the file is ours
    }

    private void Write(JsonObject state)
    {
        using var file = Open();
        file.SetLength(0);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(state));
    }

    /// <summary>Alone: a script may still be at it.</summary>
    private FileStream Open()
    {
        FileStream? file = null;
        SpinWait.SpinUntil(() => (file = TryOpen()) is not null, TimeSpan.FromSeconds(10));
        return file ?? throw new IOException($"{StateFile} stays in use.");
    }

    private FileStream? TryOpen()
    {
        try
        {
            return new FileStream(StateFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Dotnet =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    /// <summary>Built along with these tests, in the same configuration.</summary>
    private static string PowerShell()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // bin/Debug/net10.0
        var dll = Path.Combine(LabFolder.Scripts, $"PowerShell/bin/{configuration}/net10.0/LabPowerShell.dll");
        Assert.True(File.Exists(dll), $"{dll} is not built.");
        return dll;
    }
}
