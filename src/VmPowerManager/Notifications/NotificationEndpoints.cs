using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;

namespace VmPowerManager.Notifications;

/// <summary><c>/api/v1/channels</c>, <c>/subscriptions</c> and <c>/deliveries</c> (API.md: The rest).</summary>
public static class NotificationEndpoints
{
    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Notifications").RequireAuthorization();
        api.MapGet("channels", ListChannelsAsync).WithSummary("All notification channels and how they do");
        api.MapPost("channels", CreateChannelAsync)
            .WithSummary("Add a channel, with the usual subscriptions unless the body names others")
            .Produces<JsonObject>(StatusCodes.Status201Created);
        api.MapGet("channels/{id:int}", GetChannelAsync).WithSummary("One channel");
        api.MapPut("channels/{id:int}", UpdateChannelAsync)
            .WithSummary("Replace a channel's configuration; a secret left out is kept");
        api.MapDelete("channels/{id:int}", DeleteChannelAsync)
            .WithSummary("Delete a channel, its subscriptions and its messages")
            .Produces(StatusCodes.Status204NoContent);
        api.MapPost("channels/test", TestBodyAsync).WithSummary("Send a test message by unsaved settings");
        api.MapPost("channels/{id:int}/test", TestChannelAsync).WithSummary("Send a test message");
        api.MapGet("subscriptions", ListSubscriptionsAsync).WithSummary("Which events go to which channel");
        api.MapPost("subscriptions", CreateSubscriptionAsync)
            .WithSummary("Subscribe a channel to an event type, or to all that begin alike: run.*")
            .Produces<SubscriptionView>(StatusCodes.Status201Created);
        api.MapGet("subscriptions/{id:int}", GetSubscriptionAsync).WithSummary("One subscription");
        api.MapPut("subscriptions/{id:int}", UpdateSubscriptionAsync).WithSummary("Change a subscription");
        api.MapDelete("subscriptions/{id:int}", DeleteSubscriptionAsync)
            .WithSummary("End a subscription")
            .Produces(StatusCodes.Status204NoContent);
        api.MapGet("deliveries", ListDeliveriesAsync).WithSummary("Messages and how far they are, newest first");
        api.MapGet("deliveries/{id:long}", GetDeliveryAsync).WithSummary("One message");
        api.MapPost("deliveries/{id:long}/retry", RetryAsync).WithSummary("Try now, also what was given up");
        return routes;
    }

    private static async Task<Page<JsonObject>> ListChannelsAsync(
        ClaimsPrincipal actor,
        NotificationQueries queries,
        CancellationToken ct
    ) => new([.. (await queries.ChannelsAsync(actor, ct)).Select(c => c.ToJson())]);

    private static async Task<JsonObject> GetChannelAsync(
        int id,
        ClaimsPrincipal actor,
        NotificationQueries queries,
        CancellationToken ct
    ) => (await queries.ChannelAsync(actor, id, ct)).ToJson();

    private static async Task<IResult> CreateChannelAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        ChannelCommands commands,
        NotificationQueries queries,
        CancellationToken ct
    )
    {
        var id = await commands.CreateAsync(actor, body, ct);
        return Results.Created($"/api/v1/channels/{id}", (await queries.ChannelAsync(actor, id, ct)).ToJson());
    }

    private static async Task<JsonObject> UpdateChannelAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        ChannelCommands commands,
        NotificationQueries queries,
        CancellationToken ct
    )
    {
        await commands.UpdateAsync(actor, id, body, ct);
        return (await queries.ChannelAsync(actor, id, ct)).ToJson();
    }

    private static async Task<IResult> DeleteChannelAsync(
        int id,
        ClaimsPrincipal actor,
        ChannelCommands commands,
        CancellationToken ct
    )
    {
        await commands.DeleteAsync(actor, id, ct);
        return Results.NoContent();
    }

    private static Task<ChannelTestResult> TestBodyAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        ChannelCommands commands,
        CancellationToken ct
    ) => commands.TestAsync(actor, body, ct);

    private static Task<ChannelTestResult> TestChannelAsync(
        int id,
        ClaimsPrincipal actor,
        ChannelCommands commands,
        CancellationToken ct
    ) => commands.TestAsync(actor, id, ct);

    private static async Task<Page<SubscriptionView>> ListSubscriptionsAsync(
        NotificationQueries queries,
        CancellationToken ct
    ) => new(await queries.SubscriptionsAsync(ct));

    private static Task<SubscriptionView> GetSubscriptionAsync(
        int id,
        NotificationQueries queries,
        CancellationToken ct
    ) => queries.SubscriptionAsync(id, ct);

    private static async Task<IResult> CreateSubscriptionAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        SubscriptionCommands commands,
        NotificationQueries queries,
        CancellationToken ct
    )
    {
        var id = await commands.CreateAsync(actor, body, ct);
        return Results.Created($"/api/v1/subscriptions/{id}", await queries.SubscriptionAsync(id, ct));
    }

    private static async Task<SubscriptionView> UpdateSubscriptionAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        SubscriptionCommands commands,
        NotificationQueries queries,
        CancellationToken ct
    )
    {
        await commands.UpdateAsync(actor, id, body, ct);
        return await queries.SubscriptionAsync(id, ct);
    }

    private static async Task<IResult> DeleteSubscriptionAsync(
        int id,
        ClaimsPrincipal actor,
        SubscriptionCommands commands,
        CancellationToken ct
    )
    {
        await commands.DeleteAsync(actor, id, ct);
        return Results.NoContent();
    }

    private static Task<Page<DeliveryView>> ListDeliveriesAsync(
        int? channelId,
        string? state,
        string? cursor,
        ClaimsPrincipal actor,
        NotificationQueries queries,
        CancellationToken ct,
        int limit = 100
    ) => queries.DeliveriesAsync(actor, new DeliveryFilter(channelId, State(state)), cursor, limit, ct);

    private static Task<DeliveryView> GetDeliveryAsync(
        long id,
        ClaimsPrincipal actor,
        NotificationQueries queries,
        CancellationToken ct
    ) => queries.DeliveryAsync(actor, id, ct);

    private static async Task<DeliveryView> RetryAsync(
        long id,
        ClaimsPrincipal actor,
        DeliveryCommands commands,
        NotificationQueries queries,
        CancellationToken ct
    )
    {
        await commands.RetryAsync(actor, id, ct);
        return await queries.DeliveryAsync(actor, id, ct);
    }

    private static DeliveryState? State(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : Enum.TryParse<DeliveryState>(text, ignoreCase: true, out var state) && char.IsLetter(text[0]) ? state
        : throw new InvalidInputException(
            "state",
            $"must be one of {string.Join(", ", Enum.GetNames<DeliveryState>().Select(JsonNamingPolicy.CamelCase.ConvertName))}."
        );
}
