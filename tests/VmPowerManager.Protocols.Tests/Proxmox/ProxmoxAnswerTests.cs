using System.Text;
using System.Text.Json;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Protocols.Tests.Proxmox;

/// <summary>Envelopes, errors and odd values, as real nodes write them.</summary>
public sealed class ProxmoxAnswerTests
{
    private static JsonElement Data(string json) => ProxmoxAnswer.Read(200, "OK", Encoding.UTF8.GetBytes(json));

    private static ProxmoxException Error(int status, string? reason, string body) =>
        Assert.Throws<ProxmoxException>(() => ProxmoxAnswer.Read(status, reason, Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(401, "invalid token value!", """{"data":null}""", DeviceFault.AuthenticationFailed)]
    [InlineData(
        403,
        "Permission check failed (/vms/100, VM.PowerMgmt)",
        """{"data":null}""",
        DeviceFault.AuthenticationFailed
    )]
    [InlineData(500, "VM 100 not running", """{"data":null}""", DeviceFault.Refused)]
    [InlineData(501, "Method 'POST /cluster/ha/status/disarm-ha' not implemented", "", DeviceFault.Unsupported)]
    [InlineData(595, "No route to host", """{"data":null}""", DeviceFault.Refused)]
    [InlineData(302, "Found", "", DeviceFault.ProtocolError)]
    public void Error_WordsOfStatusLine_AreTheMessage(int status, string reason, string body, DeviceFault fault)
    {
        var error = Error(status, reason, body);
        Assert.Equal((fault, reason, status), (error.Fault, error.Message, error.Status));
    }

    [Fact]
    public void Error_Fields_AreNamed()
    {
        var error = Error(
            400,
            "Parameter verification failed.",
            """{"data":null,"errors":{"overrule-shutdown":"Not applicable for HA resources."}}"""
        );
        Assert.Equal(DeviceFault.Refused, error.Fault);
        Assert.Equal(
            "Parameter verification failed.; overrule-shutdown: Not applicable for HA resources.",
            error.Message
        );
        Assert.True(error.Fields.ContainsKey("overrule-shutdown"));
    }

    [Fact]
    public void Error_MessageInBody_IsSaidOnce()
    {
        var error = Error(500, "no such task", """{"message":"no such task\n","data":null}""");
        Assert.Equal("no such task", error.Message);
        Assert.Equal("Path not found.", Error(404, "", "Path not found.").Message);
        Assert.Equal("HTTP status 500", Error(500, null, "<html>").Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"success":1}""")]
    [InlineData("<html>nginx</html>")]
    public void Answer_OfSomethingElse_IsRefused(string body) =>
        Assert.Equal(DeviceFault.ProtocolError, Assert.Throws<DeviceException>(() => Data(body)).Fault);

    [Fact]
    public void Answer_TooDeep_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        Assert.Throws<DeviceException>(() => Data($$"""{"data":{{deep}}}"""));
    }

    [Fact]
    public void Listing_NumbersAsText_AreRead()
    {
        var data = Data(
            """
            {"data":[{"vmid":"200","name":"dns","status":"running","template":""},
            {"vmid":100,"status":"stopped","lock":"suspended","template":1},{"vmid":"x"},{"name":"none"},7]}
            """
        );
        var guests = ProxmoxGuest.OfNode(data, "pve1", "lxc");
        Assert.Equal([200, 100], guests.Select(g => g.Id));
        Assert.Equal(("dns", false), (guests[0].Name, guests[0].Template));
        Assert.Equal(("100", true, "suspended"), (guests[1].Name, guests[1].Template, guests[1].Lock));
    }

    [Fact]
    public void Listing_ThatIsNone_IsNoEmptyOne() =>
        Assert.Throws<DeviceException>(() => ProxmoxGuest.OfNode(Data("""{"data":null}"""), "pve1", "qemu"));

    [Fact]
    public void Cluster_OfOneNode_IsAlwaysQuorate()
    {
        var alone = ProxmoxCluster.Read(
            Data("""{"data":[{"type":"node","name":"pve","local":1,"online":1,"id":"node/pve","ip":"192.0.2.1"}]}""")
        );
        Assert.Equal((null, true, "pve"), (alone.Name, alone.Quorate, alone.Local?.Name));
    }

    [Fact]
    public void Upid_OfToken_IsEncodedInPath()
    {
        const string text = "UPID:pve1:0003C7B1:0123ABCD:6522A1B0:qmshutdown:100:power@pve!manager:";
        var upid = ProxmoxUpid.Parse(text);
        Assert.Equal(("pve1", "qmshutdown", "100"), (upid.Node, upid.Type, upid.Id));
        Assert.DoesNotContain(':', upid.InPath);
        Assert.Equal(text, Uri.UnescapeDataString(upid.InPath));
        Assert.Throws<DeviceException>(() => ProxmoxUpid.Parse("OK"));
        Assert.Throws<DeviceException>(() => ProxmoxUpid.Parse(null));
    }

    [Theory]
    [InlineData("OK", true)]
    [InlineData("WARNINGS: 2", true)]
    [InlineData("VM quit/powerdown failed - got timeout", false)]
    public void Task_Exit_TellsSuccess(string exit, bool succeeded) =>
        Assert.Equal(succeeded, new ProxmoxTask(false, exit).Succeeded);

    [Fact]
    public void Permissions_PassDownwards_UnlessTheyDoNot()
    {
        var rights = ProxmoxPermissions.Read(
            Data(
                """
                {"data":{"/":{"Sys.Audit":1,"Sys.Console":0},"/vms":{"VM.Audit":1},"/vms/100":{},
                "/system":{"Sys.PowerManagement":true}}}
                """
            )
        );
        Assert.True(rights.May("Sys.Audit", "/nodes/pve1"));
        Assert.True(rights.May("Sys.Console", "/"));
        Assert.False(rights.May("Sys.Console", "/nodes/pve1"));
        Assert.True(rights.May("VM.Audit", "/vms/101"));
        Assert.False(rights.May("VM.Audit", "/vms/100"));
        Assert.False(rights.May("Sys.Audit", "/vms"));
        Assert.True(rights.May("Sys.PowerManagement", "/system/status"));
    }
}
