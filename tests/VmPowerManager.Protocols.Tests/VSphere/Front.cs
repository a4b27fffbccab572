using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace VmPowerManager.Protocols.Tests.VSphere;

/// <summary>Stands between the client and the real simulator, for what that one is too kind for: answers a method itself, or
/// rewrites what the simulator answered.</summary>
internal sealed partial class Front(HttpClient server) : HttpMessageHandler
{
    private readonly Dictionary<string, Func<int, Func<Task<string>>, Task<string>>> _rules = [];
    private readonly Dictionary<string, int> _calls = [];

    /// <summary>How often a method was called.</summary>
    public int Calls(string method) => _calls.GetValueOrDefault(method);

    /// <summary>The bodies of all calls, oldest first.</summary>
    public List<string> Seen { get; } = [];

    /// <param name="rule">Given the number of the call, from 1, and what asks the simulator.</param>
    public Front On(string method, Func<int, Func<Task<string>>, Task<string>> rule)
    {
        _rules[method] = rule;
        return this;
    }

    public Front Faults(string method, string fault, string words = "", string detail = "") =>
        On(method, (_, _) => Task.FromResult(Fault(fault, words, detail)));

    public static string Fault(string type, string words = "", string detail = "") =>
        Envelope(
            $"<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{words}</faultstring><detail>"
                + $"<{type}Fault xmlns=\"urn:vim25\" xsi:type=\"{type}\">{detail}</{type}Fault></detail></soapenv:Fault>"
        );

    public static string Answer(string method, string inside) =>
        Envelope($"<{method}Response xmlns=\"urn:vim25\">{inside}</{method}Response>");

    private static string Envelope(string body) =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">"
        + $"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = await request.Content!.ReadAsStringAsync(cancellationToken); // not null: every call has one
        var method = Method().Match(body).Groups[1].Value;
        int count;
        lock (_calls)
        {
            Seen.Add(body);
            _calls[method] = count = Calls(method) + 1;
        }
        HttpResponseMessage? real = null;
        if (!_rules.TryGetValue(method, out var rule))
            return await AskAsync();
        var text = await rule(count, async () => await (await AskAsync()).Content.ReadAsStringAsync(cancellationToken))
            .WaitAsync(cancellationToken);
        var answer = real ?? new HttpResponseMessage();
        answer.StatusCode = text.Contains("Fault>", StringComparison.Ordinal)
            ? HttpStatusCode.InternalServerError
            : HttpStatusCode.OK;
        answer.Content = new StringContent(text, Encoding.UTF8, "text/xml");
        return answer;

        async Task<HttpResponseMessage> AskAsync()
        {
            using var copy = new HttpRequestMessage(HttpMethod.Post, request.RequestUri)
            {
                Content = new StringContent(body, Encoding.UTF8, "text/xml"),
            };
            foreach (var (name, values) in request.Headers)
                copy.Headers.TryAddWithoutValidation(name, values);
            return real = await server.SendAsync(copy, cancellationToken);
        }
    }

    [GeneratedRegex("<(\\w+) xmlns=\"urn:vim25\"")]
    private static partial Regex Method();
}
