using System.Reflection;
using ArchUnitNET.Loader;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using Use = VmPowerManager.Tests.Architecture.FolderOrder.Use;

namespace VmPowerManager.Tests.Architecture;

/// <summary>The shape of DESIGN 2, kept.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Core = typeof(Json).Assembly;
    private static readonly Assembly Protocols = typeof(DeviceException).Assembly;
    private static readonly Assembly App = typeof(App).Assembly;

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Loaded = new(() =>
        new ArchLoader().LoadAssemblies(Core, Protocols, App).Build()
    );

    [Fact]
    public void Folders_UseOnlyThoseToTheirLeft_AndDriversStayClosed()
    {
        var uses = FolderOrder.Uses(Loaded.Value).ToList();
        Assert.NotEmpty(uses);
        None(FolderOrder.Violations(uses));
    }

    [Fact]
    public void App_HasNoFolderOutsideTheOrder()
    {
        var strangers = App.GetTypes()
            .Where(t => t.Namespace?.StartsWith("VmPowerManager.", StringComparison.Ordinal) == true)
            .Where(t => !FolderOrder.Folders.Contains(t.Namespace!.Split('.')[1]))
            .Select(t => t.FullName);
        None(strangers);
    }

    [Fact]
    public void Core_UsesTheBaseLibrariesAlone()
    {
        None(Strangers(Core, allowed: ["System.", "netstandard"]));
        // What ships inside the assembly is read as a stream, and is no I/O.
        var users = Users(Core, "System.IO", "System.Net", "System.Diagnostics.Process", "System.Data");
        None(
            users.Where(u => !u.StartsWith("VmPowerManager.Core.Simulation.ScenarioLibrary ", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Protocols_KnowNoDomainAndNoFramework()
    {
        var references = Protocols.GetReferencedAssemblies().Select(a => a.Name!).ToList();
        Assert.DoesNotContain("VmPowerManager.Core", references);
        Assert.DoesNotContain("VmPowerManager", references);
        Assert.DoesNotContain(
            references,
            r =>
                r.StartsWith("Microsoft.Extensions.DependencyInjection", StringComparison.Ordinal)
                || r.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
                || r.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("Storage.AppDb", "Ups.UpsRow", "Storage is to the left of Ups")]
    [InlineData("Ups.UpsMonitor", "Hosts.HostMonitor", "Ups is to the left of Hosts")]
    [InlineData("Ups.UpsMonitor", "Ups.Nut.NutDriver", "Ups.Nut is closed but to the registration of Ups")]
    [InlineData(
        "Runs.Executor",
        "Hosts.Libvirt.LibvirtDriver",
        "Hosts.Libvirt is closed but to the registration of Hosts"
    )]
    [InlineData("Ups.Nut.NutDriver", "Ups.Snmp.SnmpDriver", "Ups.Snmp is closed")]
    [InlineData("Ups.Nut.NutDriver", "Storage.AppDb", "knows only Ups and its protocol")]
    [InlineData("Hosts.Ssh.SshPlatform", "Ups.IUpsFeed", "knows only Hosts and its protocol")]
    public void Violation_NamesTheOffender(string from, string to, string because)
    {
        var offence = Assert.Single(FolderOrder.Violations([UseOf(from, to)]));
        Assert.StartsWith($"VmPowerManager.{from} uses VmPowerManager.{to}:", offence, StringComparison.Ordinal);
        Assert.Contains(because, offence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hosts.HostMonitor", "Ups.IUpsFeed")]
    [InlineData("Ups.UpsRegistration", "Ups.Nut.NutDriver")]
    [InlineData("Hosts.HostRegistration", "Hosts.Libvirt.LibvirtDriver")]
    [InlineData("Ups.UpsMonitor", "Ups.History.HistoryDb")]
    [InlineData("Ups.Snmp.SnmpDriver", "Ups.Snmp.Dialects.PowerNet")]
    [InlineData("Ups.Nut.NutDriver", "Ups.IUpsDriver")]
    [InlineData("Ups.Nut.NutDriver", "Protocols.Nut.NutConnection")]
    [InlineData("Api.ApiRegistration", "Accounts.Role")]
    public void Permitted_IsNoViolation(string from, string to) =>
        Assert.Empty(FolderOrder.Violations([UseOf(from, to)]));

    /// <summary>Says all of them: Assert.Empty cuts them short.</summary>
    private static void None(IEnumerable<string?> offences) => Assert.Equal("", string.Join('\n', offences));

    private static Use UseOf(string from, string to) => new(Full(from), Space(Full(from)), Full(to), Space(Full(to)));

    private static string Full(string name) => $"VmPowerManager.{name}";

    private static string Space(string name) => name[..name.LastIndexOf('.')];

    private static IEnumerable<string> Strangers(Assembly assembly, string[] allowed) =>
        assembly
            .GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => !allowed.Any(a => n.StartsWith(a, StringComparison.Ordinal)));

    /// <summary>Types of an assembly that use one of these namespaces or types.</summary>
    private static IEnumerable<string> Users(Assembly assembly, params string[] forbidden) =>
        Loaded
            .Value.Types.Where(t => t.Assembly.Name.StartsWith(assembly.GetName().Name!, StringComparison.Ordinal))
            .SelectMany(t => t.Dependencies.Select(d => (User: t.FullName, Used: d.Target.FullName)))
            .Where(d => forbidden.Any(f => d.Used.StartsWith(f, StringComparison.Ordinal)))
            .Select(d => $"{d.User} uses {d.Used}")
            .Distinct();
}
