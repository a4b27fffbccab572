using VmPowerManager.Lab;
using VmPowerManager.Protocols.Kerberos;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>Our client by Kerberos, against MIT's KDC and Apache with mod_auth_gssapi in front of the stand-in. Each is carried out
/// by <see cref="WsmanKerberosCalls"/> in a process that knows that realm.</summary>
public sealed class WsmanKerberosTests
{
    [Theory]
    [InlineData(nameof(WsmanKerberosCalls.RightPassword_Runs))]
    [InlineData(nameof(WsmanKerberosCalls.WrongPassword_IsAuthenticationFailed_AndTriedOnce))]
    [InlineData(nameof(WsmanKerberosCalls.UnknownUser_IsAuthenticationFailed))]
    [InlineData(nameof(WsmanKerberosCalls.HostThatTheRealmDoesNotKnow_IsNamed))]
    [InlineData(nameof(WsmanKerberosCalls.KdcEnds_WhatIsLoggedInGoesOn))]
    [InlineData(nameof(WsmanKerberosCalls.KdcComesBack_TheLoginIsMade))]
    public async Task AgainstARealm(string call)
    {
        await using var server = await WinrmServer.StartAsync("/usr/bin");
        await using var lab = await WinrmKerberosLab.StartAsync(server);

        await lab.PassesAsync(typeof(WsmanKerberosCalls), call);
    }

    [Theory]
    [InlineData(nameof(WsmanKerberosCalls.NoKdc_IsSaid_AndNothingElseIsTried))]
    [InlineData(nameof(WsmanKerberosCalls.KdcThatHangs_IsGivenUp))]
    [InlineData(nameof(WsmanKerberosCalls.ServerOffersNothingOfTheKind_IsSaid))]
    public async Task WithoutARealm(string call)
    {
        WinrmLab.Require("/usr/lib/x86_64-linux-gnu/libgssapi_krb5.so.2");
        await using var lab = WinrmKerberosLab.Unstarted();

        await lab.PassesAsync(typeof(WsmanKerberosCalls), call);
    }

    [Theory]
    [InlineData("power@CORP.LAN", true)]
    [InlineData("power@corp.lan", true)]
    [InlineData("power", false)]
    [InlineData("CORP\\power", false)]
    [InlineData("CORP\\power@CORP.LAN", false)]
    [InlineData("power@", false)]
    [InlineData("@CORP.LAN", false)]
    [InlineData("a@b@c", false)]
    public void Principal_HasAUserAndARealm(string userName, bool expected) =>
        Assert.Equal(expected, KerberosLogin.IsPrincipal(userName));
}
