using System.Buffers;
using System.Globalization;
using System.Security.Claims;
using System.Text;

namespace VmPowerManager.Events;

/// <summary>One open <c>GET /api/v1/stream</c> (WHATWG server-sent events): <c>id</c>, <c>event</c>, <c>data</c>; a
/// comment every 15 s shows that it lives. Ends with the client, with the program, or with the right to see it.</summary>
internal sealed class ServerSentEvents(
    HttpResponse response,
    EventQueries queries,
    ClaimsPrincipal reader,
    TimeProvider time
)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly byte[] Comment = ": alive\n\n"u8.ToArray();

    public async Task RunAsync(long? after, CancellationToken ct)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await response.BodyWriter.WriteAsync(Comment, ct);
            while (true)
            {
                var slice = await queries.ReadStreamAsync(after, ct);
                foreach (var message in slice.Messages)
                    Write(response.BodyWriter, Visible(message));
                await response.BodyWriter.FlushAsync(ct);
                after = slice.UpTo;
                await WaitAsync(slice.Changed, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went, or the program stops.
        }
    }

    private async Task WaitAsync(Task changed, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await changed.WaitAsync(Heartbeat, time, ct);
                return;
            }
            catch (TimeoutException)
            {
                await response.BodyWriter.WriteAsync(Comment, ct);
            }
        }
    }

    private StreamMessage Visible(StreamMessage message) =>
        message.Value is EventEntry entry && entry.For(reader) is var seen && !ReferenceEquals(seen, entry)
            ? new StreamMessage(message.Sequence, message.Type, seen)
            : message;

    private static void Write(IBufferWriter<byte> to, StreamMessage message)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"id: {message.Sequence}\nevent: {message.Type}\ndata: "
        );
        Encoding.UTF8.GetBytes(head, to);
        to.Write(message.Utf8Json.Span);
        to.Write("\n\n"u8);
    }
}
