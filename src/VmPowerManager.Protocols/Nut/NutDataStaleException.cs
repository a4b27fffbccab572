namespace VmPowerManager.Protocols.Nut;

/// <summary>The server is well, but has lost this UPS: <c>ERR DATA-STALE</c> or <c>ERR DRIVER-NOT-CONNECTED</c>
/// (RFC 9271, section 4.5). The connection stays open and other UPSes of it are not affected.</summary>
public sealed class NutDataStaleException(string words) : Exception(words);
