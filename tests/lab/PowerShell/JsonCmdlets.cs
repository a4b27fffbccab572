using System.Collections;
using System.Management.Automation;
using System.Text.Json;

namespace VmPowerManager.LabPowerShell;

/// <summary>Flat tables only, so that it need not have the oddities of 5.1 with arrays and objects.</summary>
[Cmdlet("ConvertTo", "Json")]
public sealed class ConvertToJson : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    [Parameter]
    public SwitchParameter Compress { get; set; }

    protected override void ProcessRecord()
    {
        if ((InputObject is PSObject o ? o.BaseObject : InputObject) is not IDictionary table)
            throw new NotSupportedException("The lab's ConvertTo-Json knows tables only.");
        var flat = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in table)
            flat[$"{entry.Key}"] = (entry.Value is PSObject v ? v.BaseObject : entry.Value) switch
            {
                null => null,
                string or bool or int or long or uint or double => entry.Value is PSObject p
                    ? p.BaseObject
                    : entry.Value,
                var other => throw new NotSupportedException($"5.1 may write a {other.GetType()} as an object."),
            };
        WriteObject(JsonSerializer.Serialize(flat));
    }
}

[Cmdlet("ConvertFrom", "Json")]
public sealed class ConvertFromJson : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string InputObject { get; set; } = "";

    protected override void ProcessRecord()
    {
        using var json = JsonDocument.Parse(InputObject);
        var o = new PSObject();
        foreach (var property in json.RootElement.EnumerateObject())
            o.Properties.Add(
                new PSNoteProperty(
                    property.Name,
                    property.Value.ValueKind switch
                    {
                        JsonValueKind.String => property.Value.GetString(),
                        JsonValueKind.Number => property.Value.GetInt32(),
                        JsonValueKind.True => true,
                        JsonValueKind.False => false,
                        _ => null,
                    }
                )
            );
        WriteObject(o);
    }
}
