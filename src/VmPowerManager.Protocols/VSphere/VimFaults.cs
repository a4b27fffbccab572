using System.Text.RegularExpressions;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>Finds faults in answers: as SOAP faults, as errors of tasks, and as properties that could not be read.</summary>
internal static partial class VimFaults
{
    public const string Vim = "urn:vim25";
    private const int MostWords = 600;

    /// <summary>A <c>soapenv:Fault</c>: the type is that of the one element in its detail.</summary>
    public static VimFault OfSoap(VimElement fault)
    {
        var detail = fault["detail"]?.Children.FirstOrDefault(c => c.Space == Vim);
        return Of(detail, fault.TextOf("faultstring"));
    }

    /// <summary>A <c>LocalizedMethodFault</c>.</summary>
    public static VimFault OfLocalized(VimElement error) => Of(error["fault"], error.TextOf("localizedMessage"));

    /// <summary>An answer to a property question in which something could not be read for want of a login.</summary>
    public static VimFault? NotAuthenticatedIn(VimElement response)
    {
        var faults =
            from told in response["returnval"]?.All("objects") ?? []
            from missing in told.All("missingSet")
            select missing["fault"];
        return faults.FirstOrDefault(f => f?["fault"]?.Type == "NotAuthenticated") is { } fault
            ? OfLocalized(fault)
            : null;
    }

    private static VimFault Of(VimElement? detail, string? said)
    {
        var name = detail is null ? "" : detail.Type ?? detail.Name;
        // Servers name the element InvalidLoginFault and its type InvalidLogin.
        if (detail?.Type is null && name.EndsWith("Fault", StringComparison.Ordinal))
            name = name[..^"Fault".Length];
        var more = (detail?.All("faultMessage") ?? [])
            .Select(m => m.TextOf("message"))
            .OfType<string>()
            .Where(m => m.Length > 0)
            .Take(3);
        var words = string.Join(" ", new[] { Said(said, name) }.Concat(more));
        if (detail?.TextOf("privilegeId") is { Length: > 0 } privilege)
            words += $" (privilege {privilege})";
        return new VimFault(name, words.Length > MostWords ? words[..MostWords] : words, detail);
    }

    /// <summary>Some servers say nothing, or the type's name in their own language; the name is always worth knowing.</summary>
    private static string Said(string? said, string name)
    {
        var words = LineBreaks().Replace(said?.Trim() ?? "", " ");
        if (words.Length == 0)
            return name.Length == 0 ? "The server answered with a fault and no words." : $"The server answered {name}.";
        return name.Length == 0 || words.Contains(name, StringComparison.OrdinalIgnoreCase)
            ? words
            : $"{words} ({name})";
    }

    [GeneratedRegex("\\s+")]
    private static partial Regex LineBreaks();
}
