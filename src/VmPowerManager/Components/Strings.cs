namespace VmPowerManager.Components;

/// <summary>What pages say: the English text is the key, the other languages are in Strings.XX.resx beside this.</summary>
public sealed class Strings;
