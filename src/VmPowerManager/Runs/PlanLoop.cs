using System.Threading.Channels;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>The one mailbox of a plan: every reading, result, wish and timer in order, none dropped (DESIGN 3). Steps the
/// engine, journals, then acts. One reader, its own task; anybody may post.</summary>
public sealed partial class PlanLoop(PlanEntry plan, PlanLoopServices services, ILogger logger)
{
    private static readonly TimeSpan JournalPatience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly Channel<Letter> _mailbox = Channel.CreateUnbounded<Letter>(new() { SingleReader = true });
    private readonly PlanLoopVoice _voice = new(services, logger);
    private volatile PlanView _view = new(services.Models.Of(plan), new PlanState(), services.Now);
    private int? _unjournaled;
    private TimeSpan? _deadline;

    public int PlanId { get; } = plan.Id;

    /// <summary>How it stands now. Immutable; for screens and answers.</summary>
    public PlanView View => _view;

    public void Post(Observation observation) => _mailbox.Writer.TryWrite(new Letter(observation, null));

    /// <summary>Posts, and waits until the engine has taken it in.</summary>
    /// <exception cref="NotFoundException">The plan is not there any more.</exception>
    public async Task<PlanView> AskAsync(Observation observation, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<PlanView>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_mailbox.Writer.TryWrite(new Letter(observation, answer)))
            throw Gone;
        return await answer.Task.WaitAsync(ct);
    }

    /// <summary>Takes over what an earlier process left. Before anything else is posted: the state means nothing until the
    /// engine knows that it was away.</summary>
    public void Restore(PlanState state, bool newBoot)
    {
        _view = _view with { State = state };
        Post(new Resumed(newBoot));
    }

    /// <summary>Runs until cancelled. A bug is logged and the loop goes on: it is the safety of the house.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var pause = ShortestPause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await NextAsync(ct);
                pause = ShortestPause;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
            catch (Exception e)
            {
                LogBug(PlanId, e);
                if (pause == ShortestPause)
                    _voice.Bug(_view, e);
                await Task.Delay(pause, services.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause < LongestPause ? pause * 2 : LongestPause;
            }
        }
        services.Polls.Want(this, []);
        // Nobody reads on: who waits for an answer must not wait for ever.
        _mailbox.Writer.TryComplete();
        while (_mailbox.Reader.TryRead(out var left))
            left.Answer?.TrySetException(Gone);
    }

    private NotFoundException Gone => new($"Plan {PlanId}");

    private async Task NextAsync(CancellationToken ct)
    {
        if (!_mailbox.Reader.TryRead(out var letter))
        {
            if (!await ArrivesInTimeAsync(ct))
            {
                await StepAsync(new Ticked(), ct);
                return;
            }
            if (!_mailbox.Reader.TryRead(out letter))
                return;
        }
        try
        {
            await StepAsync(letter.What, ct);
            letter.Answer?.TrySetResult(_view);
        }
        catch (Exception e)
        {
            letter.Answer?.TrySetException(e);
            throw;
        }
    }

    /// <summary>False: the deadline came first.</summary>
    private async Task<bool> ArrivesInTimeAsync(CancellationToken ct)
    {
        var arrives = _mailbox.Reader.WaitToReadAsync(ct).AsTask();
        if (_deadline is not { } deadline)
            return await arrives;
        var left = deadline - services.Time.Elapsed();
        if (left <= TimeSpan.Zero)
            return arrives.IsCompleted;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny(arrives, Task.Delay(left, services.Time, timer.Token));
        await timer.CancelAsync();
        return first == arrives && await arrives;
    }

    private async Task StepAsync(Observation observation, CancellationToken ct)
    {
        var now = services.Now;
        var before = _view;
        var model = observation is ModelChanged or Resumed ? CurrentModel() : before.Model;
        var decision = PlanEngine.Step(model, before.State, observation, now);
        _deadline = decision.NextDeadline;
        decision = Numbered(decision);
        var state = decision.State;
        var material = decision.IsMaterial(before.State);
        _view = new PlanView(model, state, now);
        if (material)
            await JournalAsync(decision, observation, now);
        foreach (var effect in decision.Effects)
            if (AgainstUp?.Invoke(effect) is { } why)
                Post(new EffectEnded(effect.Id, false, why.ToString()));
            else
                services.Executor.Issue(effect, _view, end => Post(end), ct);
        foreach (var ups in decision.ReadNow)
            services.Upses.ReadNow(ups);
        services.Polls.Want(this, decision.Watch);
        var refresh = decision.Refresh.Union(EndedOn(before.State.Run, decision.Ended ?? state.Run));
        if (!refresh.IsEmpty)
            services.Hosts.RefreshNow(refresh);
        _voice.Tell(before, _view, observation, decision, material, _unjournaled);
        // What another plan told is no proof of ours: telling it back would go round for ever.
        if (observation is not HostProvedOff)
            TellProofs(before.State, state);
        services.Recorders.Saw(PlanId, new EngineStep(model, before.State, observation, decision, now));
    }

    /// <summary>Hosts on which a step has just come to its end: screens show what became of it, not the last minute.</summary>
    private static IEnumerable<int> EndedOn(RunState? before, RunState? after) =>
        before is null || after is null || before.Id != after.Id
            ? []
            : before
                .Steps.Zip(after.Steps)
                .Where(s => !s.First.Terminal && s.Second.Terminal && s.Second.Target.HostId > 0)
                .Select(s => s.Second.Target.HostId);

    /// <summary>Told of each host that a run of this plan has proved off: other plans may cut what feeds it (C9).</summary>
    public Action<HostProvedOff>? ProvedOff { get; init; }

    /// <summary>Why this may not be brought up now, or null: another plan takes it down (F2).</summary>
    public Func<Effect, Sentence?>? AgainstUp { get; init; }

    private void TellProofs(PlanState before, PlanState after)
    {
        // A run may end with its last proof.
        if (ProvedOff is null || ReferenceEquals(before.Hosts, after.Hosts) || (after.Run ?? before.Run) is not { } run)
            return;
        foreach (var (id, view) in after.Hosts)
        {
            if (
                view.ProvedOffAt is { } at
                && before.Hosts.GetValueOrDefault(id)?.ProvedOffAt != at
                && run.Model.Hosts.ContainsKey(id)
            )
                ProvedOff(new HostProvedOff(id, at));
        }
    }

    private Decision Numbered(Decision decision)
    {
        if (decision.Ended is { Id: 0 } ended)
            decision = decision with { Ended = ended with { Id = services.Runs.NextId() } };
        return decision.State.Run is { Id: 0 }
            ? decision with
            {
                State = decision.State.WithRunId(services.Runs.NextId()),
            }
            : decision;
    }

    /// <summary>DESIGN 3: waits for the journal at most 250 ms, then acts and says so: a full disk must not stop a shutdown.</summary>
    private async Task JournalAsync(Decision decision, Observation observation, Moment now)
    {
        if (decision.Ended is { } ended)
            _ = services.Journal.WriteAsync(Entry(ended, decision, observation, now));
        var run = _view.State.Run;
        var written = services.Journal.WriteAsync(Entry(run, decision, observation, now));
        // While the disk works: screens need not wait for it.
        _voice.Show(_view, decision, _unjournaled);
        if (!await InTimeAsync(written) && run is not null)
            _unjournaled = run.Id;
    }

    private JournalEntry Entry(RunState? run, Decision decision, Observation observation, Moment now) =>
        new(
            PlanId,
            now,
            services.Boot.Id,
            observation.GetType().Name,
            _view.State,
            decision.Effects,
            run is null ? null : new RunRecord(PlanId, run, _unjournaled == run.Id)
        );

    private async Task<bool> InTimeAsync(Task<bool> written)
    {
        try
        {
            return await written.WaitAsync(JournalPatience, services.Time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private PlanModel CurrentModel() =>
        services.Plans.Find(PlanId) is { } entry ? services.Models.Of(entry) : _view.Model;

    private sealed record Letter(Observation What, TaskCompletionSource<PlanView>? Answer);

    [LoggerMessage(LogLevel.Error, "The loop of plan {PlanId} met a bug and goes on")]
    private partial void LogBug(int planId, Exception e);
}

/// <summary>A plan at a moment: what it is, how it stands, and when that was decided.</summary>
public sealed record PlanView(PlanModel Model, PlanState State, Moment At);
