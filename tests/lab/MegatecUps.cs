using System.Collections.Concurrent;

namespace VmPowerManager.LabUps;

/// <summary>A UPS at the end of a serial line that speaks Megatec (Q1), as many small UPSes do: what NUT's own driver for them
/// is tried against.</summary>
public sealed class MegatecUps : IDisposable
{
    private readonly Pty _line = new();
    private readonly Thread _thread;
    private volatile bool _ending;

    public MegatecUps()
    {
        _thread = new Thread(Obey) { IsBackground = true, Name = nameof(MegatecUps) };
        _thread.Start();
    }

    public string Port => _line.Path;

    /// <summary>Whether it has begun to count down to its shutdown.</summary>
    public bool ShutsDown { get; private set; }

    /// <summary>Mains is gone, and its battery is low.</summary>
    public bool OnBattery { get; set; }

    /// <summary>Commands that were no questions, in order.</summary>
    public ConcurrentQueue<string> Orders { get; } = [];

    public void Dispose()
    {
        _ending = true;
        _line.Dispose();
        _thread.Join();
    }

    private void Obey()
    {
        while (!_ending && _line.ReadCommand() is { } command)
        {
            if (Answer(command) is { } answer)
                _line.Write(answer + "\r");
        }
    }

    private string? Answer(string command)
    {
        switch (command)
        {
            case "Q1":
                return $"({(OnBattery ? "000.0" : "230.1")} 000.0 230.0 023 50.0 27.2 25.0 {(OnBattery ? "11" : "00")}0010{(ShutsDown ? 1 : 0)}0";
            case "F":
                return "#230.0 004 24.00 50.0";
            case "I":
                return $"#{"Lab", -15} {"Megatec", -10} {"V1.0", -10}";
            default:
                // Orders are obeyed without a word.
                Orders.Enqueue(command);
                ShutsDown = command.StartsWith('S') || (ShutsDown && command != "C");
                return null;
        }
    }
}
