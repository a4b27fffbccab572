using System.Xml;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>Reading many properties of many objects in one call, page by page.</summary>
public sealed partial class VimSession
{
    /// <summary>The properties of one object.</summary>
    /// <exception cref="DeviceException">Refused: ManagedObjectNotFound ...</exception>
    public async Task<VimObject> ReadAsync(VimRef of, IReadOnlyList<string> paths, CancellationToken ct) =>
        (await RetrieveAsync([new(of.Type, paths)], [of], null, ct)).FirstOrDefault(o => o.Ref == of)
        ?? throw new DeviceException(DeviceFault.ProtocolError, $"{endpoint} told nothing of {of}.");

    /// <summary>The properties of some objects.</summary>
    public Task<IReadOnlyList<VimObject>> ReadAsync(
        string type,
        IReadOnlyList<VimRef> of,
        IReadOnlyList<string> paths,
        CancellationToken ct
    ) =>
        of.Count == 0 ? Task.FromResult<IReadOnlyList<VimObject>>([]) : RetrieveAsync([new(type, paths)], of, null, ct);

    /// <summary>The properties of an object and of those that one of its properties points to.</summary>
    /// <param name="through">That property: <c>vm</c> of a HostSystem.</param>
    public Task<IReadOnlyList<VimObject>> ReadAsync(
        VimRef of,
        IReadOnlyList<string> ownPaths,
        string through,
        string type,
        IReadOnlyList<string> paths,
        CancellationToken ct
    ) => RetrieveAsync([new(of.Type, ownPaths), new(type, paths)], [of], through, ct);

    /// <summary>All objects of a type that we may see, anywhere in the inventory.</summary>
    public async Task<IReadOnlyList<VimObject>> ReadAllAsync(
        string type,
        IReadOnlyList<string> paths,
        CancellationToken ct
    )
    {
        var content = await ContentAsync(ct);
        var made = await CallAsync(
            "CreateContainerView",
            c => c.ViewManager,
            xml =>
            {
                xml.Reference("container", content.RootFolder);
                xml.Text("type", type);
                xml.Flag("recursive", true);
            },
            ct
        );
        var view = made["returnval"]?.Reference ?? throw NoReturn("CreateContainerView");
        try
        {
            return await RetrieveAsync([new(type, paths)], [view], "view", ct);
        }
        // A view would last as long as the session. Nobody waits for its end, and whoever asked may have gone.
        finally
        {
            if (_entry is { } entry)
                _ = TidyAsync("DestroyView", view, entry, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<VimObject>> RetrieveAsync(
        IReadOnlyList<Wanted> wanted,
        IReadOnlyList<VimRef> from,
        string? through,
        CancellationToken ct
    )
    {
        var found = new List<VimObject>();
        var page = await CallAsync(
            "RetrievePropertiesEx",
            c => c.PropertyCollector,
            xml => WriteQuestion(xml, wanted, from, through),
            ct
        );
        while (true)
        {
            // Nothing to tell is an answer without a result.
            var result = page["returnval"];
            foreach (var told in result?.All("objects") ?? [])
                if (VimObject.Of(told) is { } one)
                    found.Add(one);
            if (found.Count > limits.Objects)
                throw new DeviceException(
                    DeviceFault.ProtocolError,
                    $"{endpoint} lists more than {limits.Objects} objects."
                );
            if (result?.TextOf("token") is not { Length: > 0 } token)
                return found;
            if (!result.All("objects").Any())
                throw new DeviceException(DeviceFault.ProtocolError, $"{endpoint} pages without end.");
            page = await CallAsync(
                "ContinueRetrievePropertiesEx",
                c => c.PropertyCollector,
                xml => xml.Text("token", token),
                ct
            );
        }
    }

    private void WriteQuestion(XmlWriter xml, IReadOnlyList<Wanted> wanted, IReadOnlyList<VimRef> from, string? through)
    {
        xml.WriteStartElement("specSet", VimFaults.Vim);
        foreach (var (type, paths) in wanted)
        {
            xml.WriteStartElement("propSet", VimFaults.Vim);
            xml.Text("type", type);
            foreach (var path in paths)
                xml.Text("pathSet", path);
            xml.WriteEndElement();
        }
        foreach (var of in from)
        {
            xml.WriteStartElement("objectSet", VimFaults.Vim);
            xml.Reference("obj", of);
            xml.Flag("skip", wanted.All(w => w.Type != of.Type));
            if (through is not null)
                WriteTraversal(xml, of.Type, through);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteStartElement("options", VimFaults.Vim);
        xml.Number("maxObjects", limits.PageObjects);
        xml.WriteEndElement();
    }

    private static void WriteTraversal(XmlWriter xml, string type, string path)
    {
        xml.WriteStartElement("selectSet", VimFaults.Vim);
        xml.WriteAttributeString("type", VimRequest.Xsi, "TraversalSpec");
        xml.Text("name", "through");
        xml.Text("type", type);
        xml.Text("path", path);
        xml.Flag("skip", false);
        xml.WriteEndElement();
    }

    private DeviceException NoReturn(string method) =>
        new(DeviceFault.ProtocolError, $"{endpoint} answered {method} without a result.");

    private sealed record Wanted(string Type, IReadOnlyList<string> Paths);
}
