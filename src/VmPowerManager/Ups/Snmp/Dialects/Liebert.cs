namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>LIEBERT-GP-FLEXIBLE (476.1.42.3.9.20): Liebert and Vertiv with IS-UNITY and IS-WEB cards. The device sends
/// labels, values and units; <see cref="LabelledRows"/> knows the labels.</summary>
internal static class Liebert
{
    public static Dialect Table { get; } =
        new("liebert", "Liebert/Vertiv", "1.3.6.1.4.1.476.1.42.3.9.20.1")
        {
            Maker = "Liebert",
            Systems = ["1.3.6.1.4.1.476.1.42"],
            Presence = ["10"],
            HasLabelledRows = true,
        };
}
