using System.Runtime.InteropServices;

namespace VmPowerManager.Protocols.Kerberos;

/// <summary>MIT's GSS-API (RFC 2744), as far as a client needs it. .NET's own client knows no word of why a login failed, and
/// asks the KDC anew for each connection.</summary>
internal static class GssLibrary
{
    private const string Name = "libgssapi_krb5.so.2";

    public const int Initiate = 1;

    /// <summary>A status of the mechanism, not of the interface.</summary>
    public const int OfMechanism = 2;

    /// <summary>1.2.840.113554.1.2.2.</summary>
    public static readonly nint Mechanism = Oid([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02]);

    /// <summary>1.2.840.113554.1.2.2.1: a principal as it is written, looked up nowhere.</summary>
    public static readonly nint Principal = Oid([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01]);

    /// <summary>The one mechanism: nothing else is ever negotiated.</summary>
    public static readonly nint Mechanisms = Allocated(new OidSet(1, Mechanism));

    /// <summary>An error of a routine, or of how it was called.</summary>
    public static bool IsError(uint major) => (major & 0xffff0000) != 0;

    [DllImport(Name, EntryPoint = "gss_import_name")]
    public static extern uint ImportName(out uint minor, in Buffer text, nint type, out nint name);

    [DllImport(Name, EntryPoint = "gss_release_name")]
    public static extern uint ReleaseName(out uint minor, ref nint name);

    [DllImport(Name, EntryPoint = "gss_acquire_cred_with_password")]
    public static extern uint AcquireCredentials(
        out uint minor,
        nint name,
        in Buffer password,
        uint seconds,
        nint mechanisms,
        int usage,
        out GssCredentials credentials,
        nint actualMechanisms,
        out uint secondsLeft
    );

    [DllImport(Name, EntryPoint = "gss_release_cred")]
    public static extern uint ReleaseCredentials(out uint minor, ref nint credentials);

    [DllImport(Name, EntryPoint = "gss_init_sec_context")]
    public static extern uint InitContext(
        out uint minor,
        GssCredentials credentials,
        ref nint context,
        nint target,
        nint mechanism,
        uint flags,
        uint seconds,
        nint bindings,
        nint input,
        nint actualMechanism,
        out Buffer output,
        nint actualFlags,
        nint secondsLeft
    );

    [DllImport(Name, EntryPoint = "gss_delete_sec_context")]
    public static extern uint DeleteContext(out uint minor, ref nint context, nint output);

    [DllImport(Name, EntryPoint = "gss_display_status")]
    public static extern uint DisplayStatus(
        out uint minor,
        uint status,
        int kind,
        nint mechanism,
        ref uint more,
        out Buffer text
    );

    [DllImport(Name, EntryPoint = "gss_release_buffer")]
    public static extern uint ReleaseBuffer(out uint minor, ref Buffer buffer);

    /// <summary>Lives as long as the process, as what the library is told has to.</summary>
    private static nint Oid(byte[] bytes)
    {
        var elements = Marshal.AllocHGlobal(bytes.Length);
        Marshal.Copy(bytes, 0, elements, bytes.Length);
        return Allocated(new OidText((uint)bytes.Length, elements));
    }

    private static nint Allocated<T>(T value)
        where T : struct
    {
        var at = Marshal.AllocHGlobal(Marshal.SizeOf<T>());
        Marshal.StructureToPtr(value, at, fDeleteOld: false);
        return at;
    }

    /// <summary>gss_buffer_desc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Buffer(nuint length, nint bytes)
    {
        public readonly nuint Length = length;
        public readonly nint Bytes = bytes;

        public byte[] ToArray()
        {
            var all = new byte[(int)Length];
            if (all.Length > 0)
                Marshal.Copy(Bytes, all, 0, all.Length);
            return all;
        }
    }

    /// <summary>gss_OID_desc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct OidText(uint length, nint elements)
    {
        public readonly uint Length = length;
        public readonly nint Elements = elements;
    }

    /// <summary>gss_OID_set_desc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct OidSet(nuint count, nint elements)
    {
        public readonly nuint Count = count;
        public readonly nint Elements = elements;
    }
}

/// <summary>What a login gave: the user's ticket, and those for services that were got with it.</summary>
internal sealed class GssCredentials() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        var credentials = handle;
        return !GssLibrary.IsError(GssLibrary.ReleaseCredentials(out _, ref credentials));
    }
}
