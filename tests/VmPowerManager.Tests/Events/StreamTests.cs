using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Events;

public sealed class StreamTests : IAsyncLifetime
{
    private RunningApp _app = null!;
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Stream_Newcomer_GetsCurrentState_ThenWhatHappens()
    {
        Reading(1, 90);
        Reading(1, 80);
        await using var stream = await OpenAsync();

        Assert.Equal(80, (await stream.NextAsync()).Json.GetProperty("charge").GetInt32());
        var sequence = Append("now");
        var message = await stream.NextAsync();

        Assert.Equal("event", message.Type);
        Assert.Equal(sequence, message.Id);
        var listed = (await (await _admin.GetAsync("/api/v1/events?limit=1")).ReadJsonAsync()).GetProperty("items")[0];
        Assert.Equal(listed.GetRawText(), message.Json.GetRawText());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_Resumed_GetsEachMissedMessageOnceInOrder(bool byHeader)
    {
        long first;
        await using (var stream = await OpenAsync())
        {
            Append("seen");
            first = (await stream.NextAsync()).Id;
        }
        Reading(1, 90);
        Append("missed");
        Reading(1, 80);

        await using var back = byHeader ? await OpenAsync("", first) : await OpenAsync($"?after={first}");
        var got = new[] { await back.NextAsync(), await back.NextAsync(), await back.NextAsync() };

        Assert.Equal(["reading", "event", "reading"], got.Select(m => m.Type));
        Assert.Equal([first + 1, first + 2, first + 3], got.Select(m => m.Id));
    }

    [Fact]
    public async Task Stream_ResumedAfterMoreThanIsHeld_GetsAllEventsAndTheNewestReading()
    {
        var place = Append("first");
        Append("missed 1");
        for (var i = 0; i < 1500; i++)
            Reading(1, i);
        Append("missed 2");

        await using var stream = await OpenAsync($"?after={place}");
        var got = new[] { await stream.NextAsync(), await stream.NextAsync(), await stream.NextAsync() };

        Assert.Equal(["event", "reading", "event"], got.Select(m => m.Type));
        Assert.Equal(1499, got[1].Json.GetProperty("charge").GetInt32());
    }

    [Fact]
    public async Task Stream_BadPlace_Is400()
    {
        var problem = await (await _admin.GetAsync("/api/v1/stream?after=x")).ProblemAsync(400);
        Assert.True(problem.GetProperty("errors").TryGetProperty("after", out _));
    }

    [Fact]
    public async Task Stream_Viewer_IsNotToldWhoDidIt()
    {
        using var viewer = await _app.AddUserAsync("viewer@example.org", "viewer");
        await using var stream = await OpenAsync(client: viewer);
        _app.Get<EventLog>()
            .Append(new NewEvent("test.happened", Severity.Info, "system", "anna did it.") { Actor = "anna" });

        var message = await stream.NextAsync();

        Assert.DoesNotContain("anna", message.Json.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("did it.", message.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OpenStream_DoesNotHoldTheProgram()
    {
        await using var stream = await OpenAsync();
        var began = TimeProvider.System.GetTimestamp();
        await _app.App.StopAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(15));
    }

    private long Append(string message) =>
        _app.Get<EventLog>().Append(new NewEvent("test.happened", Severity.Info, "system", message));

    private void Reading(int ups, int charge) =>
        _app.Get<LiveStream>().Publish(StreamTypes.Reading, $"{ups}", new { ups, charge });

    private async Task<OpenStream> OpenAsync(string query = "", long? lastEventId = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/stream" + query);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is { } id)
            request.Headers.Add("Last-Event-ID", $"{id}");
        var answer = await (client ?? _admin).SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new OpenStream(answer, await answer.Content.ReadAsStreamAsync());
    }

    private sealed record Message(long Id, string Type, JsonElement Json);

    private sealed class OpenStream(HttpResponseMessage answer, Stream body) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser
            .Create(body)
            .EnumerateAsync()
            .GetAsyncEnumerator();

        public async Task<Message> NextAsync()
        {
            Assert.True(await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System));
            var item = _items.Current;
            return new Message(
                long.Parse(item.EventId!, CultureInfo.InvariantCulture),
                item.EventType,
                JsonElement.Parse(item.Data)
            );
        }

        public ValueTask DisposeAsync()
        {
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
