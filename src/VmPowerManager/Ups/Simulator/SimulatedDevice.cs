using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Ups.Simulator;

/// <summary>A simulated UPS and the script that plays with it, moved on to the present whenever somebody looks. Any thread.</summary>
internal sealed class SimulatedDevice(string key, SimulatedUps initial, TimeProvider time)
{
    private readonly Lock _gate = new();
    private SimulatedUps _ups = initial;
    private SimulatedRun? _run;
    private TimeSpan _at = time.Elapsed();

    /// <summary>What rows remember it by, and its name on the NUT server.</summary>
    public string Key => key;

    /// <summary>The last script ended because somebody said so, not by itself.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>As it is now.</summary>
    public SimulatedUps Now => Look().Ups;

    /// <summary>As it is now, and the script under way, if any.</summary>
    public (SimulatedUps Ups, SimulatedRun? Run) Look()
    {
        lock (_gate)
        {
            CatchUp();
            return (_ups, _run);
        }
    }

    public void Change(SimulatedChange change)
    {
        lock (_gate)
        {
            CatchUp();
            _ups = _ups.Apply(change);
        }
    }

    /// <summary>Adjusts a setting of the device.</summary>
    public void Set(Func<SimulatedUps, SimulatedUps> setting)
    {
        lock (_gate)
        {
            CatchUp();
            _ups = setting(_ups);
        }
    }

    /// <returns>False: the device does not do that now.</returns>
    public bool Execute(string command, double? seconds)
    {
        lock (_gate)
        {
            CatchUp();
            if (_ups.Execute(command, seconds) is not { } after)
                return false;
            _ups = after;
            return true;
        }
    }

    /// <summary>Begins a script, or with null ends the one under way.</summary>
    public void Play(SimulatedScript? script)
    {
        lock (_gate)
        {
            CatchUp();
            WasStopped = script is null;
            _run = script is null ? null : SimulatedRun.Begin(script);
            CatchUp();
        }
    }

    private void CatchUp()
    {
        var now = time.Elapsed();
        var elapsed = now - _at;
        _at = now;
        if (_run is null)
        {
            _ups = _ups.Advance(elapsed);
            return;
        }
        (_ups, var run) = _run.Advance(_ups, elapsed);
        _run = run.IsDone ? null : run;
    }
}
