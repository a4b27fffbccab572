using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>POLICY F10, C6: circles and contradictions, in plain sentences, where they are written.</summary>
public sealed class GraphProblemsTests
{
    /// <summary>db01 and web on kvm1, nas and pihole on kvm2.</summary>
    private static PlanModel Model(PlanDefinition plan, Func<HostModel, HostModel>? host = null) =>
        Graphs.World(plan, [Vm(1, "db01"), Vm(2, "web"), Vm(3, "nas", host: 2), Vm(4, "pihole", host: 2)], host).Model;

    private static PlanProblem Find(PlanModel model, string code) =>
        Assert.Single(PlanProblems.Find(model, new Dictionary<int, UpsReading?>()), p => p.Code == code);

    private static readonly PhaseDefinition All = Phase("a", G(1), G(2), G(3), G(4));

    [Fact]
    public void Circle_IsNamedByItsPath()
    {
        var plan = Plan(All, Phase("b", H(1), H(2))) with
        {
            Dependencies = [Needs(Guest(1), Guest(3)), Needs(Host(2), Host(1)), Needs(Guest(3), Guest(1))],
        };
        var problems = PlanProblems
            .Find(Model(plan), new Dictionary<int, UpsReading?>())
            .Where(p => p.Code == "dependencyCycle")
            .ToList();
        var circle = Assert.Single(problems);
        Assert.StartsWith("nas -> db01 -> nas:", circle.Text, StringComparison.Ordinal);
        Assert.Equal((true, "dependencies[2]"), (circle.IsError, circle.Field));
    }

    [Fact]
    public void Circle_ThroughAHost_NamesItToo()
    {
        var plan = Plan(All, Phase("b", H(1), H(2))) with
        {
            Dependencies = [Needs(Guest(1), Guest(3)), Needs(Host(2), Guest(1))],
        };
        Assert.StartsWith(
            "kvm2 -> db01 -> nas -> kvm2:",
            Find(Model(plan), "dependencyCycle").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void HostNeedsItsOwnGuest_IsAnError()
    {
        var plan = Plan(All, Phase("b", H(1))) with { Dependencies = [Needs(Host(1), Guest(1))] };
        var problem = Find(Model(plan), "hostNeedsOwnGuest");
        Assert.StartsWith("kvm1 cannot need db01, which runs on it", problem.Text, StringComparison.Ordinal);
        Assert.True(problem.IsError);
    }

    [Fact]
    public void StorageNeedsAGuest_IsAgainstItsRank()
    {
        var plan = Plan(All, Phase("b", H(1), H(2))) with { Dependencies = [Needs(Host(2), Guest(1))] };
        var model = Model(plan, h => h with { Rank = h.Id == 2 ? HostRank.Storage : HostRank.Ordinary });
        Assert.StartsWith("kvm2 cannot need db01", Find(model, "dependencyAgainstRank").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void NeededBeforeItsUser_IsSaidWhereItIsWritten()
    {
        var plan = Plan(Phase("a", G(3)), Phase("b", G(1))) with { Dependencies = [Needs(Guest(1), Guest(3))] };
        var problem = Find(Model(plan), "neededGoesFirst");
        Assert.Equal("nas goes before db01, which needs it; it takes it along and waits for it.", problem.Text);
        Assert.Equal((false, "phases[0].steps[0]"), (problem.IsError, problem.Field));
    }

    [Fact]
    public void HostBeforeItsGuest_SwitchBeforeHosts_ManagerNotLast()
    {
        var model = Model(Plan(Phase("a", H(1)), Phase("b", G(1), H(2))));
        Assert.Equal("kvm1 goes down before its guest db01.", Find(model, "hostBeforeGuest").Text);
        model = Model(
            Plan(All, Phase("b", H(1)), Phase("c", H(2))),
            h => h with { Rank = h.Id == 1 ? HostRank.Network : HostRank.Ordinary }
        );
        Assert.StartsWith(
            "The switch kvm1 goes before kvm2, which is reached through it",
            Find(model, "orderOverruled").Text,
            StringComparison.Ordinal
        );
        model = Model(
            Plan(All, Phase("b", H(1)), Phase("c", H(2))),
            h => h with { Rank = h.Id == 1 ? HostRank.Manager : HostRank.Ordinary }
        );
        Assert.StartsWith(
            "The manager runs on kvm1, which is not last",
            Find(model, "managerNotLast").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void UserThatNoStepStops_IsSaid()
    {
        var plan = Plan(Phase("a", G(3))) with { Dependencies = [Needs(Guest(1), Guest(3))] };
        Assert.StartsWith(
            "db01 needs nas, which this plan stops",
            Find(Model(plan), "dependantNotCovered").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void HostReachedByName_AfterItsNameService_IsSaid()
    {
        var model = Model(Plan(All, Phase("b", H(1))), h => h with { AddressName = $"kvm{h.Id}.lan" });
        var problem = Find(model, "nameServiceStopsEarly");
        Assert.Contains("depend on pihole, which stops earlier", problem.Text, StringComparison.Ordinal);
        Assert.Equal("phases[1].steps[0]", problem.Field);
    }

    [Fact]
    public void SheddingThatTakesMore_OrNeverBegins_IsSaid()
    {
        var plan = Plan(Phase("s", G(3)) with { Kind = PhaseKind.Shed }, Phase("b", G(1))) with
        {
            Dependencies = [Needs(Guest(1), Guest(3))],
        };
        Assert.StartsWith("Shedding nas stops db01", Find(Model(plan), "shedTakesMore").Text, StringComparison.Ordinal);
        Assert.Equal("phases[0].trigger", Find(Model(plan), "shedsNever").Field);
    }

    [Fact]
    public void TargetThatTheStartupForgets_IsSaid()
    {
        var start = new StepDefinition { Target = Guest(1), Action = StepAction.Start };
        var plan = Plan(Phase("a", G(1), G(2))) with
        {
            Startup = new() { Mirror = false, Phases = [new() { Id = "u", Steps = [start] }] },
        };
        var problem = Find(Model(plan), "startsLast");
        Assert.StartsWith("web is in no phase of the startup", problem.Text, StringComparison.Ordinal);
        Assert.Equal("phases[0].steps[1]", problem.Field);
    }

    [Fact]
    public void DependencyOnWhatIsNot_IsAnError()
    {
        var plan = Plan(All) with { Dependencies = [Needs(Guest(1), Guest(99))] };
        Assert.Equal("dependencies[0].to.guestId", Find(Model(plan), "unknownGuest").Field);
    }

    [Fact]
    public void DepletionAlone_IsATriggerThatAUpsWithChargeCanMeet()
    {
        var plan = Plan(Phase("a", G(1)) with { Trigger = new() { DepletionAbovePercentPerMinute = 3 } });
        var reading = Readings.Of("OL", TimeSpan.Zero) with { BatteryChargePercent = 90 };
        var found = PlanProblems.Find(Model(plan), new Dictionary<int, UpsReading?> { [1] = reading, [2] = reading });
        Assert.DoesNotContain(found, p => p.Code == "triggerCannotBeMet");
    }
}
