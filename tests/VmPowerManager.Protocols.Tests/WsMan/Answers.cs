using System.Text;
using Microsoft.AspNetCore.Http;
using VmPowerManager.Lab;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>Answers in place of the stand-in's own.</summary>
internal static class Answers
{
    private const string Shell = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";

    public static string Envelope(string body) =>
        $"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:r='{Shell}'><s:Header/><s:Body>{body}</s:Body></s:Envelope>";

    /// <summary>The end of whatever command is asked for.</summary>
    public static string Done(string exitCode, WinrmServer server) =>
        Envelope(
            $"<r:ReceiveResponse><r:CommandState CommandId='{server.Shells.LastCommand}' State='{Shell}/CommandState/Done'>"
                + $"<r:ExitCode>{exitCode}</r:ExitCode></r:CommandState></r:ReceiveResponse>"
        );

    public static string Fault(string subcode, string? code, string words) =>
        Envelope(
            $"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
                + $"<s:Reason><s:Text xml:lang=''>reason</s:Text></s:Reason><s:Detail>"
                + "<f:WSManFault xmlns:f='http://schemas.microsoft.com/wbem/wsman/1/wsmanfault'"
                + (code is null ? "" : $" Code='{code}'")
                + $"><f:Message>{words}</f:Message></f:WSManFault></s:Detail></s:Fault>"
        );

    public static async Task SayAsync(HttpContext context, string text, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/soap+xml;charset=UTF-8";
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }
}
