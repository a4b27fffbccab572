using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.LabSecrets;
using VmPowerManager.Notifications;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Architecture;

/// <summary>What holds secrets is known to the hunt for planted ones, and does not tell them by being written into a
/// sentence.</summary>
public sealed partial class SecretTests
{
    private static readonly Assembly[] Ours =
    [
        typeof(Json).Assembly,
        typeof(DeviceException).Assembly,
        typeof(App).Assembly,
    ];

    [Fact]
    public async Task EverySecretThatMayBeGiven_IsPlanted()
    {
        await using var app = await RunningApp.StartAsync();
        var ups = app.Get<UpsDrivers>();
        IEnumerable<string> all =
        [
            .. typeof(HostSecrets).GetFields().Select(f => (string)f.GetRawConstantValue()!), // not null: texts
            .. Secrets(typeof(HostBody)),
            .. app
                .App.Services.GetServices<IWakeMethod>()
                .Select(m => m.Method)
                .Except(PlantedSecrets.WithoutPassword)
                .Select(m => $"wake[{m}].password"),
            .. ups.Ids.SelectMany(id => ups.Get(id).Traits.Secrets.Select(s => $"{id}.{s}")),
            .. ups.Ids.SelectMany(id =>
                ups.Get(id).Traits.Fields.Where(f => f.Kind == UpsFieldKind.Secret).Select(f => $"{id}.{f.Key}")
            ),
            .. app
                .App.Services.GetServices<INotificationChannel>()
                .SelectMany(c =>
                    c.Fields.Where(f => f.Kind is ChannelFieldKind.Secret or ChannelFieldKind.Pairs)
                        .Select(f => $"{c.Kind}.{f.Key}")
                ),
        ];

        Assert.Empty(all.Distinct().Except(PlantedSecrets.Values.Keys));
        string[] besides = ["ups.discover.communities", "plans.http.headers", "users.password", "auth.password"];
        Assert.Empty(PlantedSecrets.Values.Keys.Except(all).Except(besides));
    }

    [Fact]
    public void EveryPage_IsLookedAt()
    {
        var routes = typeof(App)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetCustomAttributes<RouteAttribute>().Select(r => r.Template))
            .ToList();

        Assert.NotEmpty(routes);
        Assert.Empty(routes.Except(PlantedSecrets.Pages));
        Assert.Empty(PlantedSecrets.Pages.Except(routes));
    }

    /// <summary>The token of a flag is a word of a UPS's status.</summary>
    [Fact]
    public void WhatHoldsASecret_DoesNotTellItAsText()
    {
        var telling = Ours.SelectMany(a => a.GetTypes())
            .Where(t =>
                t is { IsAbstract: false, ContainsGenericParameters: false, Name: not "UpsFlag" } && IsRecord(t)
            )
            .SelectMany(Telling)
            .ToList();

        Assert.True(telling.Count == 0, string.Join('\n', telling));
    }

    /// <summary>Of the blocks that a host's body has, one level down.</summary>
    private static IEnumerable<string> Secrets(Type body) =>
        body.GetProperties()
            .Where(b => b.Name != nameof(HostBody.Wake))
            .SelectMany(b =>
                b.PropertyType.GetProperties().Where(IsSecret).Select(p => $"{Camel(b.Name)}.{Camel(p.Name)}")
            );

    private static IEnumerable<string> Telling(Type type)
    {
        const string canary = "cnry-text";
        var fields = Fields(type).Where(f => f.FieldType == typeof(string)).ToList();
        foreach (var secret in fields.Where(f => SecretName().IsMatch(f.Name)))
        {
            var record = RuntimeHelpers.GetUninitializedObject(type);
            secret.SetValue(record, canary);
            string text;
            try
            {
                text = record.ToString() ?? "";
            }
            // It cannot be written while all else is missing: then its text is not that of a record.
            catch (NullReferenceException)
            {
                continue;
            }
            if (text.Contains(canary, StringComparison.Ordinal))
                yield return $"{type.FullName}: {secret.Name}";
        }
    }

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null; type = type.BaseType)
            foreach (
                var field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly
                )
            )
                yield return field;
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null;

    private static bool IsSecret(PropertyInfo property) =>
        property.PropertyType == typeof(string) && SecretName().IsMatch(property.Name);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    [GeneratedRegex(
        "password|passphrase|privateKey|secret|community|accessToken|refreshToken|<token>|setupCode|recoveryCode",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex SecretName();
}
