using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Told;

public sealed class KeyDump
{
    [Fact]
    public void Dump() =>
        File.WriteAllLines(
            "/tmp/wt/explain-keys.txt",
            SentenceKeys.Of(typeof(Sentence).Assembly).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Story()
    {
        var lines = new List<string>();
        string last = "";
        void See(World w)
        {
            var e = Explanation.Of(w.Model, w.State, w.Moment);
            var line =
                $"[{e.Stage}] {e.Sentence} || NEXT {e.NextEvent?.What} in {e.NextEvent?.InSeconds:0} or {e.NextEvent?.Because} || {string.Join(",", e.Rules)}";
            if (line != last)
                lines.Add(line);
            last = line;
        }
        var world = Worlds.OneHost(
            labTrigger: new()
            {
                OnBatteryForSeconds = 30,
                RuntimeBelowSeconds = 300,
                ChargeBelowPercent = 20,
            }
        );
        world.Run(2);
        See(world);
        world.Upses[1].Status = "OB";
        for (var i = 0; i < 60; i++)
        {
            world.Run(1);
            See(world);
        }
        world.Upses[1].Status = "OL";
        for (var i = 0; i < 8; i++)
        {
            world.Run(1);
            See(world);
        }
        world.Upses[1].Status = "OB LB";
        world.Upses[1].Runtime = 60;
        for (var i = 0; i < 150; i++)
        {
            world.Run(1);
            See(world);
        }
        world.Upses[1].Status = "OL";
        for (var i = 0; i < 150; i++)
        {
            world.Run(1);
            See(world);
        }
        File.WriteAllLines("/tmp/wt/explain-story.txt", lines);
    }
}
