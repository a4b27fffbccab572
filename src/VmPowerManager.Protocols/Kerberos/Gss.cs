using System.Runtime.InteropServices;
using System.Text;

namespace VmPowerManager.Protocols.Kerberos;

/// <summary>Logs in at a realm and makes tokens for its services. Each call may wait for a KDC for as long as the library
/// does.</summary>
internal static class Gss
{
    private const uint Indefinite = 0xffffffff;

    /// <summary>Gets a ticket for a user. Nothing of it is left on disk.</summary>
    /// <param name="principal"><c>user@REALM</c>.</param>
    /// <exception cref="GssException">With the library's words.</exception>
    public static GssCredentials LogIn(string principal, string password)
    {
        var name = NameOf(principal);
        var secret = Bytes(password);
        try
        {
            var major = GssLibrary.AcquireCredentials(
                out var minor,
                name,
                secret,
                Indefinite,
                GssLibrary.Mechanisms,
                GssLibrary.Initiate,
                out var credentials,
                0,
                out _
            );
            if (!GssLibrary.IsError(major))
                return credentials;
            credentials.Dispose();
            throw Failed(major, minor);
        }
        finally
        {
            Free(secret);
            _ = GssLibrary.ReleaseName(out _, ref name);
        }
    }

    /// <summary>A token that proves to that service who we are; good for one use.</summary>
    /// <param name="service"><c>HTTP/host@REALM</c>.</param>
    /// <exception cref="GssException">With the library's words.</exception>
    public static byte[] TokenFor(GssCredentials credentials, string service)
    {
        var name = NameOf(service);
        nint context = 0;
        try
        {
            var major = GssLibrary.InitContext(
                out var minor,
                credentials,
                ref context,
                name,
                GssLibrary.Mechanism,
                flags: 0,
                seconds: 0,
                bindings: 0,
                input: 0,
                actualMechanism: 0,
                out var token,
                actualFlags: 0,
                secondsLeft: 0
            );
            try
            {
                return GssLibrary.IsError(major) ? throw Failed(major, minor) : token.ToArray();
            }
            finally
            {
                _ = GssLibrary.ReleaseBuffer(out _, ref token);
            }
        }
        finally
        {
            if (context != 0)
                _ = GssLibrary.DeleteContext(out _, ref context, 0);
            _ = GssLibrary.ReleaseName(out _, ref name);
        }
    }

    private static nint NameOf(string principal)
    {
        var text = Bytes(principal);
        try
        {
            var major = GssLibrary.ImportName(out var minor, text, GssLibrary.Principal, out var name);
            return GssLibrary.IsError(major) ? throw Failed(major, minor) : name;
        }
        finally
        {
            Free(text);
        }
    }

    /// <summary>What the mechanism says; where it says nothing, what the interface says.</summary>
    private static GssException Failed(uint major, uint minor)
    {
        var words = minor == 0 ? "" : Words(minor, GssLibrary.OfMechanism, GssLibrary.Mechanism);
        return new(words.Length > 0 ? words : Words(major, kind: 1, mechanism: 0), unchecked((int)minor));
    }

    private static string Words(uint status, int kind, nint mechanism)
    {
        uint more = 0;
        if (GssLibrary.IsError(GssLibrary.DisplayStatus(out _, status, kind, mechanism, ref more, out var text)))
            return "";
        try
        {
            return Encoding.UTF8.GetString(text.ToArray()).Trim();
        }
        finally
        {
            _ = GssLibrary.ReleaseBuffer(out _, ref text);
        }
    }

    private static GssLibrary.Buffer Bytes(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var at = Marshal.AllocHGlobal(bytes.Length + 1);
        Marshal.Copy(bytes, 0, at, bytes.Length);
        Marshal.WriteByte(at, bytes.Length, 0);
        Array.Clear(bytes);
        return new((nuint)bytes.Length, at);
    }

    /// <summary>It may be a password.</summary>
    private static void Free(GssLibrary.Buffer text)
    {
        for (var i = 0; i < (int)text.Length; i++)
            Marshal.WriteByte(text.Bytes, i, 0);
        Marshal.FreeHGlobal(text.Bytes);
    }
}

/// <summary>What Kerberos answered.</summary>
/// <param name="code">Of MIT's table krb5 (krb5_err.et).</param>
internal sealed class GssException(string message, int code) : Exception(message)
{
    /// <summary>KRB5KDC_ERR_NONE: the table's first.</summary>
    private const int First = -1765328384;

    public int Code => code;

    /// <summary>The KDC knows the user, and does not let it in: asked again, it may lock the account.</summary>
    public bool IsOfTheLogin => code - First is 1 or 6 or 12 or 18 or 23 or 24 or 31;

    /// <summary>The ticket is over: KRB5KRB_AP_ERR_TKT_EXPIRED, KRB5KDC_ERR_NEVER_VALID.</summary>
    public bool IsExpired => code - First is 32 or 11;
}
