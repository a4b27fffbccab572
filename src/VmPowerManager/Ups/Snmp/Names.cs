namespace VmPowerManager.Ups.Snmp;

/// <summary>NUT's names of the values that the dialects use (NUT: docs/nut-names.txt).</summary>
internal static class Names
{
    public const string Charge = "battery.charge";
    public const string Runtime = "battery.runtime";
    public const string RuntimeLow = "battery.runtime.low";
    public const string BatteryVoltage = "battery.voltage";
    public const string BatteryVoltageNominal = "battery.voltage.nominal";
    public const string BatteryCurrent = "battery.current";
    public const string BatteryTemperature = "battery.temperature";
    public const string BatteryDate = "battery.date";
    public const string BatteryReplaceDate = "battery.date.maintenance";
    public const string BatteryPacksBad = "battery.packs.bad";
    public const string BatteryPacks = "battery.packs";

    public const string InputVoltage = "input.voltage";
    public const string InputVoltageNominal = "input.voltage.nominal";
    public const string InputVoltageMinimum = "input.voltage.minimum";
    public const string InputVoltageMaximum = "input.voltage.maximum";
    public const string InputFrequency = "input.frequency";
    public const string InputCurrent = "input.current";
    public const string InputRealPower = "input.realpower";
    public const string InputPhases = "input.phases";
    public const string InputLineBads = "input.quality";
    public const string TransferReason = "input.transfer.reason";
    public const string TransferLow = "input.transfer.low";
    public const string TransferHigh = "input.transfer.high";

    public const string BypassVoltage = "input.bypass.voltage";
    public const string BypassFrequency = "input.bypass.frequency";
    public const string BypassCurrent = "input.bypass.current";
    public const string BypassPhases = "input.bypass.phases";

    public const string OutputVoltage = "output.voltage";
    public const string OutputVoltageNominal = "output.voltage.nominal";
    public const string OutputFrequency = "output.frequency";
    public const string OutputCurrent = "output.current";
    public const string OutputPhases = "output.phases";

    public const string Load = "ups.load";
    public const string RealPower = "ups.realpower";
    public const string RealPowerNominal = "ups.realpower.nominal";
    public const string Power = "ups.power";
    public const string PowerNominal = "ups.power.nominal";
    public const string UpsTemperature = "ups.temperature";
    public const string AmbientTemperature = "ambient.temperature";
    public const string AmbientHumidity = "ambient.humidity";
    public const string Energy = "output.energy";
    public const string OnBatterySeconds = "battery.runtime.elapsed";

    public const string Manufacturer = "device.mfr";
    public const string Model = "device.model";

    /// <summary>A brand before the model.</summary>
    public const string ModelPrefix = "device.model.prefix";

    /// <summary>The second half of a model that comes in two objects.</summary>
    public const string ModelSuffix = "device.model.suffix";
    public const string Serial = "device.serial";
    public const string Firmware = "ups.firmware";
    public const string AgentFirmware = "ups.firmware.aux";
    public const string Id = "ups.id";
    public const string MadeOn = "ups.mfr.date";
    public const string TestResult = "ups.test.result";
    public const string TestDate = "ups.test.date";
    public const string Beeper = "ups.beeper.status";
    public const string Charger = "battery.charger.status";
}
