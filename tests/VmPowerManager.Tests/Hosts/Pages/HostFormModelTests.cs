using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;

namespace VmPowerManager.Tests.Hosts.Pages;

public sealed class HostFormModelTests
{
    private static readonly string[] Ssh = ["ssh"];
    private static readonly string Pinned = "SHA256:" + new string('a', 43);
    private static readonly string Other = "SHA256:" + new string('b', 43);

    [Fact]
    public void Untouched_LeavesSecretsAndKeyOut()
    {
        var block = HostFormModel.Of(Saved()).ToBody(Ssh).Ssh;
        Assert.NotNull(block);
        Assert.Null(block.Password);
        Assert.False(block.FingerprintGiven);
    }

    [Fact]
    public void Approved_IsGiven_AndOnlyForTheAddressItWasApprovedFor()
    {
        var model = HostFormModel.Of(Saved());
        model.Ssh.Approve(Other);
        Assert.Equal(Other, model.ToBody(Ssh).Ssh?.HostKeyFingerprint);
        model.Ssh.Host = "another.lan";
        Assert.False(model.ToBody(Ssh).Ssh?.FingerprintGiven);
        Assert.Null(model.Ssh.Trusted);
    }

    [Fact]
    public void Trusted_IsThePinnedKey_WhileTheAddressIsTheSame()
    {
        var model = HostFormModel.Of(Saved());
        Assert.Equal(Pinned, model.Ssh.Trusted);
        model.Ssh.UserName = "somebody";
        Assert.Equal(Pinned, model.Ssh.Trusted);
        Assert.False(model.Ssh.SameAddress);
        model.Ssh.Port = 2222;
        Assert.Null(model.Ssh.Trusted);
    }

    [Fact]
    public void Tested_ChangesWithWhatATestDependsOn_NotWithTheApproval()
    {
        var model = HostFormModel.Of(Saved());
        var tested = model.Tested(Ssh);
        model.Ssh.Approve(Other);
        model.Name = "renamed";
        Assert.Equal(tested, model.Tested(Ssh));
        model.Ssh.Password = "new";
        Assert.NotEqual(tested, model.Tested(Ssh));
    }

    [Fact]
    public void Wake_GivesOnlyWhatItsMethodReads()
    {
        var model = new HostFormModel
        {
            Wake =
            [
                new WakeEntry
                {
                    Method = "wol",
                    MacAddress = "m",
                    UserName = "left over",
                },
            ],
        };
        var wake = Assert.Single(model.ToBody([]).Wake!); // not null: a form always gives the list
        Assert.Equal(("wol", "m", null), (wake.Method, wake.MacAddress, wake.UserName));
    }

    private static HostView Saved() =>
        new()
        {
            Id = 3,
            Name = "h",
            Platform = "fake",
            Role = HostRole.Server,
            RunsManager = false,
            Supplies = [],
            MinSupplies = null,
            MaxParallelGuests = 10,
            Witness = null,
            OffSilenceSeconds = 60,
            Ssh = new SshView("h.lan", 22, "root", true, false, false, Pinned, null, null),
            Wake = [],
            Realm = null,
            RefreshedAt = null,
            Fault = null,
            GuestCount = 0,
        };
}
