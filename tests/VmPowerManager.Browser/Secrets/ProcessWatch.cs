using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace VmPowerManager.Browser.Secrets;

/// <summary>Looks again and again at the arguments of every process of the machine, and at the environment of those that the
/// program started, where only <c>IPMITOOL_PASSWORD</c> may hold a secret.</summary>
public sealed class ProcessWatch : IAsyncDisposable
{
    private const string Allowed = "IPMITOOL_PASSWORD=";
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, bool> _programs = new();
    private readonly ConcurrentDictionary<(int, string), bool> _seen = new();
    private readonly SecretHunt _hunt;
    private readonly int _app;
    private readonly Task _watching;

    public ProcessWatch(SecretHunt hunt, int app)
    {
        (_hunt, _app) = (hunt, app);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The first words of what the program started, and whether the password was in its environment.</summary>
    public IReadOnlyDictionary<string, bool> Programs => _programs;

    /// <summary>How many different command lines were seen.</summary>
    public int Seen => _seen.Count;

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
                if (int.TryParse(Path.GetFileName(folder), out var pid) && pid != _app && pid != Environment.ProcessId)
                    Look(folder, pid);
            await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System);
        }
    }

    private void Look(string folder, int pid)
    {
        try
        {
            var words = File.ReadAllText($"{folder}/cmdline");
            // A lab that begins meanwhile makes its keys with it.
            if (_seen.TryAdd((pid, words), true) && !words.StartsWith("ssh-keygen", StringComparison.Ordinal))
                _hunt.Look($"the arguments of {words.Replace('\0', ' ')}"[..Math.Min(120, words.Length + 17)], words);
            if (!IsOurs(folder))
                return;
            var variables = File.ReadAllText($"{folder}/environ").Split('\0');
            var name = Path.GetFileName(words.Split('\0')[0]);
            foreach (var variable in variables)
                if (!variable.StartsWith(Allowed, StringComparison.Ordinal))
                    _hunt.Look($"the environment of {name}", variable);
            // Between fork and exec it is still the program itself.
            if (name.Length > 0 && name != "dotnet")
                _programs.AddOrUpdate(name, Holds(variables), (_, before) => before || Holds(variables));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }
    }

    private static bool Holds(string[] variables) =>
        variables.Any(v => v.StartsWith(Allowed, StringComparison.Ordinal) && v.Length > Allowed.Length);

    /// <summary>Started by the program, and no longer the program itself before it becomes another.</summary>
    private bool IsOurs(string folder)
    {
        var stat = File.ReadAllText($"{folder}/stat", Encoding.Latin1);
        var parent = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
        return int.Parse(parent, CultureInfo.InvariantCulture) == _app
            && !File.ReadAllText($"{folder}/cmdline").Contains("VmPowerManager.dll", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }
}
