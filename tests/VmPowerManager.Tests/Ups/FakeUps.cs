using System.Collections.Immutable;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

/// <summary>A driver whose devices say what a test tells them.</summary>
public sealed class FakeUps(TimeProvider time) : IUpsDriver, IUpsListing
{
    public string Id => "fake";
    public UpsDriverTraits Traits { get; } =
        new(1, 0.5, ["password"], ["host"])
        {
            Title = "Fake",
            Fields =
            [
                new UpsField("host", "Host") { IsRequired = true, SuggestsName = true },
                new UpsField("unit", "Unit"),
                new UpsField("password", "Password", UpsFieldKind.Secret),
            ],
        };

    public UpsStatus Status { get; set; } = UpsStatus.OL;
    public double? Charge { get; set; } = 100;
    public double? VoltageOnBattery { get; set; } = 0;

    /// <summary>What its alarm is, told with the status.</summary>
    public string? Alarm { get; set; }

    /// <summary>Thrown by all reads while set.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Status reads wait for it while set.</summary>
    public TaskCompletionSource? StatusGate { get; set; }

    /// <summary>Whether what waits at a gate ends with its token.</summary>
    public bool HeedsToken { get; set; } = true;

    /// <summary>Complete reads wait for it while set.</summary>
    public TaskCompletionSource? FullGate { get; set; }

    /// <summary>What becomes of a command that it takes.</summary>
    public UpsCommandOutcome Outcome { get; set; }

    /// <summary>What may be set.</summary>
    public List<UpsWritable> Writable { get; } = [];

    /// <summary>What a server at any address has.</summary>
    public List<UpsListed> Listed { get; } = [];
    public List<UpsDevice> ListedFor { get; } = [];
    public string ListedKey => "unit";

    public Task<IReadOnlyList<UpsListed>> ListAsync(UpsDevice device, CancellationToken ct)
    {
        ListedFor.Add(device);
        return Fault is null ? Task.FromResult<IReadOnlyList<UpsListed>>(Listed) : throw Fault;
    }

    public List<TimeSpan> StatusReads { get; } = [];
    public List<TimeSpan> FullReads { get; } = [];
    public List<UpsDevice> Opened { get; } = [];
    public int Closed { get; private set; }

    public JsonElement Normalise(JsonElement settings, FieldErrors errors)
    {
        var fields = new JsonFields(settings, Id, errors);
        var (host, unit) = (fields.RequiredText("host", 100), fields.Text("unit", 100));
        return JsonSerializer.SerializeToElement(new { host, unit }, Json.Options);
    }

    public IUpsSession Open(UpsDevice device)
    {
        Opened.Add(device);
        return new Session(this, time);
    }

    private sealed class Session(FakeUps ups, TimeProvider time) : IUpsSession, IUpsVariables
    {
        public async Task<UpsReading> ReadStatusAsync(CancellationToken ct)
        {
            ups.StatusReads.Add(time.Elapsed());
            if (ups.StatusGate is { } gate)
                await gate.Task.WaitAsync(ups.HeedsToken ? ct : CancellationToken.None);
            return ups.Fault is null ? Reading() : throw ups.Fault;
        }

        public async Task<UpsReading> ReadAsync(CancellationToken ct)
        {
            ups.FullReads.Add(time.Elapsed());
            if (ups.FullGate is { } gate)
                await gate.Task.WaitAsync(ups.HeedsToken ? ct : CancellationToken.None);
            if (ups.Fault is { } fault)
                throw fault;
            return Reading() with
            {
                Model = "Fake 1500",
                LoadPercent = 23,
                Variables = Reading().Variables.Add("ups.test.result", "fine"),
            };
        }

        public Task<IReadOnlyList<UpsCheck>> CheckAsync(CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<UpsCheck>>(
                ups.Fault is null
                    ? [new UpsCheck("connect", CheckState.Ok, $"Connected.")]
                    : [new UpsCheck("connect", CheckState.Failed, Core.Sentence.Verbatim(ups.Fault.Message))]
            );

        public Task<IReadOnlyList<string>> CommandsAsync(CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<string>>(["load.off", "beeper.mute"]);

        public Task<UpsCommandOutcome> ExecuteAsync(string command, string? value, CancellationToken ct) =>
            command == "beeper.mute"
                ? Task.FromResult(ups.Outcome)
                : throw new DeviceException(DeviceFault.Unsupported, "ERR CMD-NOT-SUPPORTED");

        public Task<string?> DescribeCommandAsync(string command, CancellationToken ct) =>
            Task.FromResult<string?>($"Says of itself: {command}");

        public Task<IReadOnlyList<UpsWritable>> WritableAsync(CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<UpsWritable>>(ups.Writable);

        public Task<UpsCommandOutcome> SetAsync(string name, string value, CancellationToken ct)
        {
            if (ups.Fault is { } fault)
                throw fault;
            var at = ups.Writable.FindIndex(v => v.Name == name);
            ups.Writable[at] = ups.Writable[at] with { Value = value };
            return Task.FromResult(ups.Outcome);
        }

        public ValueTask DisposeAsync()
        {
            ups.Closed++;
            return ValueTask.CompletedTask;
        }

        private UpsReading Reading() =>
            new()
            {
                At = time.GetUtcNow(),
                Taken = time.Elapsed(),
                Status = ups.Status,
                BatteryChargePercent = ups.Charge,
                BatteryRuntimeSeconds = 1800,
                InputVoltage = ups.Status.HasFlag(UpsStatus.OB) ? ups.VoltageOnBattery : 230,
                Variables = ups.Alarm is { } alarm
                    ? ImmutableSortedDictionary<string, string>.Empty.Add(UpsReadingView.AlarmText, alarm)
                    : ImmutableSortedDictionary<string, string>.Empty,
            };
    }
}
