using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace VmPowerManager.Hosts;

/// <summary>A list as the API answers it.</summary>
public sealed record HostList(IReadOnlyList<HostView> Items, string? NextCursor = null);

/// <inheritdoc cref="HostList"/>
public sealed record GuestList(IReadOnlyList<GuestView> Items, string? NextCursor = null);

/// <summary>What a test of a host found.</summary>
public sealed record HostTestAnswer(
    bool Ok,
    IReadOnlyList<HostCheck> Checks,
    string? HostKeyFingerprint,
    string? CertificateFingerprint,
    string? DirectCertificateFingerprint
);

/// <summary>What a person decides about a guest; all else is the platform's.</summary>
public sealed record GuestBody(int? Priority);

public sealed record PowerBody(string? Action);

/// <summary>The platform took the request; what becomes of it is seen in the states.</summary>
public sealed record PowerAnswer(bool Accepted, string Detail);

/// <summary>The API of hosts and guests (API.md).</summary>
public static class HostEndpoints
{
    public static void MapHosts(this IEndpointRouteBuilder routes)
    {
        var hosts = routes.MapGroup("/api/v1/hosts").WithTags("Hosts").RequireAuthorization();
        hosts.MapGet("", (HostQueries queries) => new HostList(queries.Hosts()));
        hosts.MapPost("", CreateAsync);
        hosts.MapPost("test", TestAsync);
        hosts.MapGet("manager", (HostQueries queries) => queries.Manager());
        hosts.MapGet("{id:int}", (int id, HostQueries queries) => queries.Host(id));
        hosts.MapPut("{id:int}", UpdateAsync);
        hosts.MapDelete("{id:int}", DeleteAsync);
        hosts.MapPost("{id:int}/discover", DiscoverAsync);
        hosts.MapGet("{id:int}/guests", (int id, HostQueries queries) => new GuestList(queries.GuestsOf(id)));
        hosts.MapPost("{id:int}/power", PowerAsync);

        var guests = routes.MapGroup("/api/v1/guests").WithTags("Guests").RequireAuthorization();
        guests.MapGet("", (HostQueries queries) => new GuestList(queries.Guests()));
        guests.MapGet("{id:int}", (int id, HostQueries queries) => queries.Guest(id));
        guests.MapPut("{id:int}", UpdateGuestAsync);
        guests.MapPost("{id:int}/power", GuestPowerAsync);
    }

    private static async Task<Created<HostView>> CreateAsync(
        HostBody body,
        ClaimsPrincipal actor,
        HostCommands commands,
        HostQueries queries,
        CancellationToken ct
    )
    {
        var id = await commands.CreateAsync(actor, body, ct);
        return TypedResults.Created($"/api/v1/hosts/{id}", queries.Host(id));
    }

    private static async Task<HostView> UpdateAsync(
        int id,
        HostBody body,
        ClaimsPrincipal actor,
        HostCommands commands,
        HostQueries queries,
        CancellationToken ct
    )
    {
        await commands.UpdateAsync(actor, id, body, ct);
        return queries.Host(id);
    }

    private static async Task<NoContent> DeleteAsync(
        int id,
        ClaimsPrincipal actor,
        HostCommands commands,
        CancellationToken ct
    )
    {
        await commands.DeleteAsync(actor, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<HostTestAnswer> TestAsync(
        HostBody body,
        ClaimsPrincipal actor,
        HostCommands commands,
        CancellationToken ct
    )
    {
        var probe = await commands.TestAsync(actor, body, ct);
        return new(
            probe.Ok,
            probe.Checks,
            probe.HostKeyFingerprint,
            probe.CertificateFingerprint,
            probe.DirectCertificateFingerprint
        );
    }

    private static async Task<GuestList> DiscoverAsync(
        int id,
        ClaimsPrincipal actor,
        HostPowerCommands commands,
        CancellationToken ct
    ) => new([.. (await commands.DiscoverAsync(actor, id, ct)).Select(GuestView.Of)]);

    private static async Task<PowerAnswer> PowerAsync(
        int id,
        PowerBody body,
        ClaimsPrincipal actor,
        HostPowerCommands commands,
        CancellationToken ct
    ) => new(true, await commands.HostAsync(actor, id, body.Action, ct));

    private static async Task<GuestView> UpdateGuestAsync(
        int id,
        GuestBody body,
        ClaimsPrincipal actor,
        GuestCommands commands,
        HostQueries queries,
        CancellationToken ct
    )
    {
        await commands.PrioritiseAsync(actor, id, body.Priority, ct);
        return queries.Guest(id);
    }

    private static async Task<PowerAnswer> GuestPowerAsync(
        int id,
        PowerBody body,
        ClaimsPrincipal actor,
        HostPowerCommands commands,
        CancellationToken ct
    ) => new(true, await commands.GuestAsync(actor, id, body.Action, ct));
}
