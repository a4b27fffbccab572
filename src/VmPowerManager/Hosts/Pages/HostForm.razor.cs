using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Components;

namespace VmPowerManager.Hosts.Pages;

/// <summary>Adds a host or edits one. What it offers to save is what it tested, unless the person was told otherwise.</summary>
public sealed partial class HostForm : LiveComponent
{
    private static readonly string[] WakeParts =
    [
        "method",
        "macAddress",
        "host",
        "port",
        "password",
        "relayHostId",
        "cipherSuite",
        "systemId",
        "outlet",
        "certificateFingerprint",
    ];
    private readonly Attempt _attempt = new();
    private HostFormModel _model = new();
    private HostProbe? _probe;
    private string? _tested;
    private string? _unchanged;
    private int? _savedId;
    private bool _testing;
    private bool _saving;
    private bool _advanced;
    private bool _askUntested;
    private DateTimeOffset? _testingSince;

    /// <summary>Null adds a new one.</summary>
    [Parameter]
    public int? HostId { get; set; }

    /// <summary>It is saved, and for a new one the person has seen its guests.</summary>
    [Parameter]
    public EventCallback<int> OnSaved { get; set; }

    [Parameter]
    public EventCallback OnCancel { get; set; }

    private PlatformView? Platform => Queries.Platforms.FirstOrDefault(p => p.Name == _model.Platform);

    private IReadOnlyList<string> Blocks => _model.Used(Platform);

    /// <summary>The way in first, then what may be added to it.</summary>
    private IEnumerable<string> Offered =>
        Platform is { } platform
            ? platform
                .Blocks.Where(b => Blocks.Contains(b) || !platform.NeedsOneOf.Contains(b))
                .OrderBy(b => !platform.NeedsOneOf.Contains(b))
            : [];

    private bool ByHttps => Blocks.Contains("https");

    private string? TrustedCertificate => ByHttps ? _model.Https.Trusted : _model.Winrm.Trusted;

    /// <summary>The newest test is of what the form says now.</summary>
    private bool Current => _tested == _model.Tested(Blocks);

    private bool Passed => Current && _probe is { Ok: true };

    protected override void OnInitialized()
    {
        if (HostId is { } id)
        {
            _model = HostFormModel.Of(Queries.Host(id));
            _unchanged = _model.Tested(Blocks);
        }
        else
            _model.Platform = Queries.Platforms is [var first, ..] ? first.Name : "";
    }

    private async Task TestAsync()
    {
        (_testing, _testingSince, _probe, _askUntested) = (true, Time.GetUtcNow(), null, false);
        var tested = _model.Tested(Blocks);
        try
        {
            await _attempt.RunAsync(async () =>
                (_probe, _tested) = (await Commands.ProbeAsync(Actor, _model.ToBody(Blocks), Gone), tested)
            );
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        finally
        {
            _testing = false;
        }
        // What it found is below what was typed, and often below the edge.
        if (_probe is not null)
            await Scrolling.ScrollIntoViewAsync("#host-test", ScrollBehavior.Smooth);
    }

    /// <summary>A key that was refused before is tried again at once: nothing behind it was tested.</summary>
    private async Task ApproveAsync(Action approve)
    {
        var again = _probe is { Ok: false };
        approve();
        if (again)
            await TestAsync();
    }

    private void ApproveCertificate(string fingerprint)
    {
        if (ByHttps)
            _model.Https.Approve(fingerprint);
        else
            _model.Winrm.Approve(fingerprint);
    }

    private async Task SaveAsync()
    {
        if (!Passed && !_askUntested && _model.Tested(Blocks) != _unchanged)
        {
            _askUntested = true;
            return;
        }
        _saving = true;
        var saved = false;
        try
        {
            saved = await _attempt.RunAsync(StoreAsync);
        }
        finally
        {
            _saving = false;
        }
        if (!saved)
            _advanced |= Advanced().Any(f => _attempt.For(f) is not null);
        else if (HostId is { } id)
            await OnSaved.InvokeAsync(id);
    }

    /// <summary>Fields that are folded away, and must show themselves when something is wrong with them.</summary>
    private IEnumerable<string> Advanced() =>
        _model
            .Wake.SelectMany((_, i) => WakeParts.Select(part => $"wake[{i}].{part}"))
            .Concat(["maxParallelGuests", "witness", "offSilenceSeconds"]);

    /// <summary>Once begun it is not given up when the page goes away.</summary>
    private async Task StoreAsync()
    {
        var body = _model.ToBody(Blocks);
        if (HostId is { } id)
            await Commands.UpdateAsync(Actor, id, body, CancellationToken.None);
        else
            _savedId = await Commands.CreateAsync(Actor, body, CancellationToken.None);
    }
}
