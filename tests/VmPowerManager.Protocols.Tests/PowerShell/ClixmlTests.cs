using VmPowerManager.Protocols.PowerShell;

namespace VmPowerManager.Protocols.Tests.PowerShell;

public sealed class ClixmlTests
{
    private const string Head =
        "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";

    [Fact]
    public void Words_ErrorOfWindowsPowerShell_IsItsMessageAlone()
    {
        const string error =
            Head
            + "<Obj S=\"progress\" RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.PSCustomObject</T></TN><MS><I64 N=\"SourceId\">1</I64>"
            + "<PR N=\"Record\"><AV>Preparing modules for first use.</AV></PR></MS></Obj>"
            + "<S S=\"Error\">Get-VM : Hyper-V was unable to find a virtual machine with name &lt;x&gt;._x000D__x000A_</S>"
            + "<S S=\"Error\">At line:1 char:1_x000D__x000A_</S><S S=\"Error\">+ Get-VM x_x000D__x000A_</S>"
            + "<S S=\"Error\">    + CategoryInfo          : InvalidArgument: (x:String) [Get-VM], VirtualizationException_x000D__x000A_</S>"
            + "<S S=\"Error\"> _x000D__x000A_</S></Objs>";

        Assert.Equal("Get-VM : Hyper-V was unable to find a virtual machine with name <x>.", Clixml.Words(error));
    }

    [Fact]
    public void Words_WrappedInTheMiddleOfASentence_IsOneLine() =>
        Assert.Equal(
            "You do not have the required permission to complete this task.",
            Clixml.Words(
                Head
                    + "<S S=\"Error\">You do not have the required _x000D__x000A_</S><S S=\"Error\">permission to complete this task._x000D__x000A_</S>"
                    + "<S S=\"Error\">In Zeile:1 Zeichen:5_x000D__x000A_</S></Objs>"
            )
        );

    [Fact]
    public void Words_OnlyProgress_IsNothing() =>
        Assert.Equal("", Clixml.Words(Head + "<Obj S=\"progress\" RefId=\"0\"><MS/></Obj></Objs>"));

    [Fact]
    public void Words_CutOff_IsWhatCanBeRead() =>
        Assert.Equal("no such thing", Clixml.Words(Head + "<S S=\"Error\">no such thing_x000D__x000A_</S><S S=\"Er"));

    [Theory]
    [InlineData("'foo' is not recognized\r\n", "'foo' is not recognized")]
    [InlineData("\u001b[31;1mGet-VM: \u001b[31;1mno\u001b[0m", "Get-VM: no")]
    [InlineData("", "")]
    public void Words_PlainText_StaysAsItIs(string error, string words) => Assert.Equal(words, Clixml.Words(error));

    [Fact]
    public void Words_TextBeforeTheMark_IsKept() =>
        Assert.Equal("first second", Clixml.Words("first\r\n" + Head + "<S S=\"Error\">second</S></Objs>"));
}
