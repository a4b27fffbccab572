using System.Globalization;
using System.Text;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Nut;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>Every recorded device, served by the real upsd, as this program reads it.</summary>
public sealed class NutReplayTests(ITestOutputHelper output)
{
    private const string StatusName = "ups.status";
    private const int Batch = 145;

    private static readonly (string Name, Func<UpsReading, double?> Read)[] Numbers =
    [
        ("battery.charge", r => r.BatteryChargePercent),
        ("battery.runtime", r => r.BatteryRuntimeSeconds),
        ("battery.voltage", r => r.BatteryVoltage),
        ("battery.temperature", r => r.BatteryTemperature),
        ("ups.load", r => r.LoadPercent),
        ("input.voltage", r => r.InputVoltage),
        ("input.frequency", r => r.InputFrequency),
        ("output.voltage", r => r.OutputVoltage),
    ];

    private readonly SortedDictionary<string, Score> _scores = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];

    [Fact]
    public async Task EveryRecording_ServedByUpsd_IsReadAsItIs()
    {
        UpsdLab.Require();
        var folder = NutRecordings.Require();
        var recordings = NutRecordings.All(folder);
        foreach (var batch in recordings.Chunk(Batch))
            await ReplayAsync(folder, batch);

        Print(recordings.Count);
        Assert.True(_wrong.Count == 0, string.Join('\n', _wrong));
        Assert.Equal(recordings.Count, _scores.Values.Sum(s => s.Dumps));
    }

    private async Task ReplayAsync(string folder, NutRecording[] batch)
    {
        var devices = batch
            .Index()
            .ToDictionary(r => $"u{r.Index}", r => File.ReadAllText(Path.Combine(folder, r.Item.File)));
        await using var lab = await UpsdLab.StartAsync(devices);
        var driver = new NutDriver(new NutConnectionPool(TimeProvider.System), TimeProvider.System);
        foreach (var (index, recording) in batch.Index())
        {
            var block = new
            {
                host = "127.0.0.1",
                port = lab.Port,
                upsName = $"u{index}",
            };
            var settings = JsonSerializer.SerializeToElement(block, Json.Options);
            await using var session = driver.Open(
                new UpsDevice(index, recording.File, settings, new Dictionary<string, string>())
            );
            var full = Plausibility.Filter(await session.ReadAsync(default)).Reading;
            var status = Plausibility.Filter(await session.ReadStatusAsync(default)).Reading;
            // dummy-ups makes up a status where the recording has none.
            var served = (await lab.AskAsync($"GET VAR u{index} {StatusName}"))[0];
            var isMadeUp = recording.Served(StatusName) is null && served.EndsWith("\"OL\"", StringComparison.Ordinal);
            Compare(recording, full, status, isMadeUp ? ["OL"] : recording.StatusTokens);
        }
    }

    private void Compare(NutRecording recording, UpsReading full, UpsReading status, string[] tokens)
    {
        if (!_scores.TryGetValue(recording.Driver, out var score))
            _scores[recording.Driver] = score = new Score();
        score.Dumps++;
        CompareStatus(recording, full, tokens, score);
        foreach (var (name, read) in Numbers)
            CompareNumber(recording, name, read(full), full, score);
        CompareText(recording, full.Vendor, ["device.mfr", "ups.mfr"], score);
        CompareText(recording, full.Model, ["device.model", "ups.model"], score);
        // The quick read says the same of what decides.
        if (
            (full.Status, full.BatteryChargePercent, full.BatteryRuntimeSeconds, full.InputVoltage)
            != (status.Status, status.BatteryChargePercent, status.BatteryRuntimeSeconds, status.InputVoltage)
        )
            Wrong(recording, score, "status read", "the complete reading", "something else");
    }

    private void CompareStatus(NutRecording recording, UpsReading reading, string[] tokens, Score score)
    {
        var said = UpsReadingView.Tokens(reading).Concat(reading.UnknownFlags).ToHashSet(StringComparer.Ordinal);
        var expected = tokens.Select(t => t == "HE" ? "ECO" : t).ToHashSet(StringComparer.Ordinal);
        if (said.SetEquals(expected))
            score.Right++;
        else
            Wrong(recording, score, StatusName, string.Join(' ', expected), string.Join(' ', said));
    }

    private void CompareNumber(NutRecording recording, string name, double? said, UpsReading reading, Score score)
    {
        var served = recording.Served(name);
        double? expected =
            served is not null
            && double.TryParse(served, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        // POLICY A1: a card that has not measured yet says 0, and is not believed.
        var isUnmeasured = name == "battery.runtime" && expected == 0 && reading.Status.HasFlag(UpsStatus.OL);
        if (said is not null && said == expected)
            score.Right++;
        else if (said is null && expected is null)
            score.Unknown += served is null ? 0 : 1;
        else if (said is null && (recording.IsDoubted(name) || isUnmeasured))
            score.Doubted++;
        else
            Wrong(
                recording,
                score,
                name,
                served ?? "nothing",
                $"{said?.ToString(CultureInfo.InvariantCulture) ?? "null"}"
            );
    }

    private void CompareText(NutRecording recording, string? said, string[] names, Score score)
    {
        var expected = names.Select(recording.Served).FirstOrDefault(v => v?.Trim().Length > 0)?.Trim();
        if (expected is null)
            return;
        if (said == expected)
            score.Right++;
        else
            Wrong(recording, score, names[0], expected, said ?? "null");
    }

    private void Wrong(NutRecording recording, Score score, string what, string expected, string said)
    {
        score.Wrong++;
        _wrong.Add($"{recording.File}: {what}: expected {expected}, read {said}");
    }

    private void Print(int dumps)
    {
        var table = new StringBuilder();
        table.AppendLine(CultureInfo.InvariantCulture, $"{dumps} recorded NUT devices through upsd and dummy-ups");
        table.AppendLine("driver             dumps  fields  right  implausible  not a value  wrong");
        foreach (var (driver, s) in _scores.Append(new("all", Score.Sum(_scores.Values))))
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"{driver, -18} {s.Dumps, 5} {s.Fields, 7} {s.Right, 6} {s.Doubted, 12} {s.Unknown, 12} {s.Wrong, 6}"
            );
        output.WriteLine(table.ToString());
    }

    private sealed class Score
    {
        public int Dumps { get; set; }
        public int Right { get; set; }

        /// <summary>Taken as unknown, and doubted by the collection, too.</summary>
        public int Doubted { get; set; }

        /// <summary>Served, but nothing that could be a value.</summary>
        public int Unknown { get; set; }
        public int Wrong { get; set; }
        public int Fields => Right + Doubted + Unknown + Wrong;

        public static Score Sum(IReadOnlyCollection<Score> all) =>
            new()
            {
                Dumps = all.Sum(s => s.Dumps),
                Right = all.Sum(s => s.Right),
                Doubted = all.Sum(s => s.Doubted),
                Unknown = all.Sum(s => s.Unknown),
                Wrong = all.Sum(s => s.Wrong),
            };
    }
}
