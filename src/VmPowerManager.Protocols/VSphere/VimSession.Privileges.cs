namespace VmPowerManager.Protocols.VSphere;

/// <summary>What the user of the session may do.</summary>
public sealed partial class VimSession
{
    /// <summary>Those of the privileges that the session's user lacks on the objects, with the objects; empty: it has all.</summary>
    /// <exception cref="DeviceException">The server does not tell.</exception>
    public async Task<ILookup<string, VimRef>> LacksAsync(
        IReadOnlyList<VimRef> entities,
        IReadOnlyList<string> privileges,
        CancellationToken ct
    )
    {
        try
        {
            return await AskedAsync(entities, privileges, ct);
        }
        // Not every server takes the question; its roles it shows to everyone who is logged in.
        catch (DeviceException e) when (e.Fault is DeviceFault.Unsupported or DeviceFault.ProtocolError)
        {
            return await ByRolesAsync(entities, privileges, ct);
        }
    }

    private async Task<ILookup<string, VimRef>> AskedAsync(
        IReadOnlyList<VimRef> entities,
        IReadOnlyList<string> privileges,
        CancellationToken ct
    )
    {
        var key = (await EnterAsync(null, ct)).Key;
        var answer = await CallAsync(
            "HasPrivilegeOnEntities",
            AuthorizationManager,
            xml =>
            {
                foreach (var entity in entities)
                    xml.Reference("entity", entity);
                xml.Text("sessionId", key);
                foreach (var privilege in privileges)
                    xml.Text("privId", privilege);
            },
            ct
        );
        var granted = (
            from entity in answer.All("returnval")
            from told in entity.All("privAvailability")
            where told.TextOf("isGranted") is "true" or "1"
            select (entity["entity"]?.Reference, told.TextOf("privId"))
        ).ToHashSet();
        if (!answer.All("returnval").Any())
            throw NoReturn("HasPrivilegeOnEntities");
        return Missing(entities, privileges, (entity, privilege) => granted.Contains((entity, privilege)));
    }

    private async Task<ILookup<string, VimRef>> ByRolesAsync(
        IReadOnlyList<VimRef> entities,
        IReadOnlyList<string> privileges,
        CancellationToken ct
    )
    {
        var manager = await ReadAsync(AuthorizationManager(await ContentAsync(ct)), ["roleList"], ct);
        if (!manager.Properties.TryGetValue("roleList", out var list))
            throw new DeviceException(DeviceFault.Unsupported, $"{endpoint} does not tell what we may do.");
        var roles = list.Children.ToLookup(
            r => r.TextOf("roleId") ?? "",
            r => r.All("privilege").Select(p => p.Text).ToHashSet()
        );
        var ours = new Dictionary<VimRef, List<string>>();
        foreach (var type in entities.GroupBy(o => o.Type))
        foreach (var seen in await ReadAsync(type.Key, [.. type], ["effectiveRole"], ct))
            ours[seen.Ref] = seen.Properties.TryGetValue("effectiveRole", out var ids)
                ? [.. ids.Children.Select(c => c.Text)]
                : [];
        return Missing(
            entities,
            privileges,
            (entity, privilege) =>
                ours.GetValueOrDefault(entity, []).Any(id => roles[id].Any(role => role.Contains(privilege)))
        );
    }

    private static ILookup<string, VimRef> Missing(
        IReadOnlyList<VimRef> entities,
        IReadOnlyList<string> privileges,
        Func<VimRef, string, bool> has
    ) =>
        (
            from privilege in privileges
            from entity in entities
            where !has(entity, privilege)
            select (privilege, entity)
        ).ToLookup(m => m.privilege, m => m.entity);

    private static VimRef AuthorizationManager(VimContent content) =>
        content.AuthorizationManager
        ?? throw new DeviceException(DeviceFault.Unsupported, "The server does not tell what we may do.");
}
