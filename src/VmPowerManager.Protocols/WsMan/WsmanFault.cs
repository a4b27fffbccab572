using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static VmPowerManager.Protocols.WsMan.WsmanNames;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>A SOAP fault of a WinRM service (MS-WSMV 2.2.4.43; codes of winerror.h).</summary>
/// <param name="Code">Of Windows, or null.</param>
/// <param name="Subcode">Of WS-Management, without prefix: <c>TimedOut</c>, <c>AccessDenied</c>, <c>QuotaLimit</c> ...</param>
/// <param name="Words">The service's own, as one line.</param>
internal sealed record WsmanFault(uint? Code, string? Subcode, string Words)
{
    /// <summary>Nothing to tell within OperationTimeout: ask again.</summary>
    public const uint OperationTimeout = 2150858793;
    public const uint ShellNotFound = 2150858843;
    private const uint InvalidSelectors = 2150858844;
    private const uint AccessDenied = 5;
    private const uint LogonFailure = 1326;
    private const uint ActionNotSupported = 2150858754;
    private const uint ResourceNotSupported = 2150858778;

    /// <summary>Shells, operations, memory, users ... of this user or of all.</summary>
    private static readonly uint[] Quotas =
    [
        2150859173,
        2150859174,
        2150859175,
        2150859176,
        2150859177,
        2150859178,
        2150859179,
    ];
    private const int MostWords = 500;

    public bool IsNothingYet => Code == OperationTimeout || (Code is null && Subcode == "TimedOut");

    public bool IsShellGone =>
        Code is ShellNotFound or InvalidSelectors || (Code is null && Subcode == "InvalidSelectors");

    public static WsmanFault Read(XElement fault)
    {
        var detail = fault.Descendants(Fault + "WSManFault").FirstOrDefault();
        var subcode = fault
            .Element(Soap + "Code")
            ?.Element(Soap + "Subcode")
            ?.Element(Soap + "Value")
            ?.Value.Trim()
            .Split(':')[^1];
        var code = uint.TryParse((string?)detail?.Attribute("Code"), CultureInfo.InvariantCulture, out var n)
            ? n
            : (uint?)null;
        var said = OneLine(detail?.Element(Fault + "Message")?.Value);
        if (said.Length == 0)
            said = OneLine(fault.Element(Soap + "Reason")?.Value);
        return new WsmanFault(code, subcode, said.Length > 0 ? said : $"fault {subcode} {code}".TrimEnd());
    }

    public WsmanException ToException() =>
        new(Kind, Kind == DeviceFault.Refused && IsQuota ? WithHint : Words)
        {
            Code = Code,
            LoginRefused = Code == LogonFailure,
        };

    private DeviceFault Kind =>
        Code switch
        {
            AccessDenied or LogonFailure => DeviceFault.AuthenticationFailed,
            OperationTimeout => DeviceFault.Timeout,
            ActionNotSupported or ResourceNotSupported => DeviceFault.Unsupported,
            _ when Subcode == "AccessDenied" => DeviceFault.AuthenticationFailed,
            _ when Subcode == "ActionNotSupported" => DeviceFault.Unsupported,
            _ => DeviceFault.Refused,
        };

    private bool IsQuota => Subcode == "QuotaLimit" || (Code is { } code && Quotas.Contains(code));

    private string WithHint => $"{Words} (a quota of WinRM: winrm get winrm/config/winrs shows it)";

    private static string OneLine(string? text)
    {
        var line = new StringBuilder();
        foreach (var word in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > MostWords)
                return line.Append(" ...").ToString();
            line.Append(line.Length == 0 ? "" : " ").Append(word.AsSpan(0, Math.Min(word.Length, MostWords)));
        }
        return line.ToString();
    }
}
