using System.Net.Sockets;
using VmPowerManager.Protocols.Ssh;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Tests;

/// <summary>POLICY C4: Unreachable is silence; trouble on our own side, and a peer that hangs up, are not.</summary>
public sealed class SilenceTests
{
    [Theory]
    [InlineData(SocketError.ConnectionRefused, DeviceFault.Unreachable)]
    [InlineData(SocketError.HostUnreachable, DeviceFault.Unreachable)]
    [InlineData(SocketError.TimedOut, DeviceFault.Unreachable)]
    [InlineData(SocketError.TooManyOpenSockets, DeviceFault.Timeout)]
    [InlineData(SocketError.AddressNotAvailable, DeviceFault.Timeout)]
    [InlineData(SocketError.AccessDenied, DeviceFault.Timeout)]
    [InlineData(SocketError.NetworkDown, DeviceFault.Timeout)]
    [InlineData(SocketError.NetworkUnreachable, DeviceFault.Timeout)]
    [InlineData(SocketError.ConnectionReset, DeviceFault.ProtocolError)]
    public void SocketError_Connecting_IsOfThePeerOrOfOurs(SocketError error, DeviceFault fault)
    {
        var e = new SocketException((int)error);

        var http = HttpFailure.OfConnect("h1:443", e);
        var ssh = SshFailure.OfConnect(new SshEndpoint("h1", 22, "root", "pw", null, null, null), e);

        Assert.Equal((fault, fault), (http.Fault, ssh.Fault));
        Assert.False(http.Sent);
    }
}
