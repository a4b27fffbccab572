namespace VmPowerManager.Ups.Snmp;

/// <summary>What can be said of a value's plausible range.</summary>
internal enum MeasureKind
{
    Plain,
    Percent,
    Runtime,
    BatteryVoltage,

    /// <summary>Current of a battery: negative while it discharges.</summary>
    BatteryCurrent,
    MainsVoltage,
    Frequency,
    Temperature,
    Power,
}

internal static class MeasureKinds
{
    public static MeasureKind Of(string name) =>
        name switch
        {
            Names.Charge or Names.Load or Names.AmbientHumidity => MeasureKind.Percent,
            Names.Runtime or Names.RuntimeLow => MeasureKind.Runtime,
            Names.BatteryVoltage or Names.BatteryVoltageNominal => MeasureKind.BatteryVoltage,
            Names.BatteryCurrent => MeasureKind.BatteryCurrent,
            Names.BatteryTemperature or Names.UpsTemperature or Names.AmbientTemperature => MeasureKind.Temperature,
            Names.RealPower or Names.Power or Names.InputRealPower => MeasureKind.Power,
            Names.TransferHigh or Names.TransferLow => MeasureKind.MainsVoltage,
            _ when name.Contains("voltage", StringComparison.Ordinal) => MeasureKind.MainsVoltage,
            _ when name.Contains("frequency", StringComparison.Ordinal) => MeasureKind.Frequency,
            _ => MeasureKind.Plain,
        };
}
