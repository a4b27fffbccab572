using System.Management.Automation.Language;

namespace VmPowerManager.LabPowerShell;

/// <summary>What Windows PowerShell 5.1 would not understand of a script.</summary>
internal static class Syntax51
{
    /// <summary>Commands of 5.1 and of Windows that the product may use: each more is a decision.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "ConvertFrom-Json",
        "ConvertTo-Json",
        "ForEach-Object",
        "Get-CimInstance",
        "Get-Cluster",
        "Get-ClusterGroup",
        "Get-Command",
        "Get-ItemProperty",
        "Get-VM",
        "Get-VMNetworkAdapter",
        "Invoke-CimMethod",
        "Receive-Job",
        "Resume-VM",
        "Save-VM",
        "shutdown.exe",
        "Start-VM",
        "Stop-VM",
        "Wait-Job",
        "Where-Object",
        "powercfg.exe",
        "whoami.exe",
    };

    public static IReadOnlyList<string> Foreign(string script)
    {
        var ast = Parser.ParseInput(script, out _, out var errors);
        var own = ast.FindAll(a => a is FunctionDefinitionAst, true).Select(a => ((FunctionDefinitionAst)a).Name);
        var known = Known.Concat(own).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. errors.Select(e => $"{e.Extent.StartLineNumber}: {e.Message}"),
            .. ast.FindAll(_ => true, searchNestedScriptBlocks: true)
                .Select(a => (At: a.Extent.StartLineNumber, Why: Why(a, known)))
                .Where(f => f.Why is not null)
                .Select(f => $"{f.At}: {f.Why}"),
        ];
    }

    private static string? Why(Ast ast, HashSet<string> known) =>
        ast switch
        {
            TernaryExpressionAst => "a ? b : c",
            PipelineChainAst chain => $"{chain.Operator}",
            PipelineBaseAst and PipelineAst { Background: true } => "& in the background",
            BinaryExpressionAst { Operator: TokenKind.QuestionQuestion } => "??",
            AssignmentStatementAst { Operator: TokenKind.QuestionQuestionEquals } => "??=",
            MemberExpressionAst { NullConditional: true } => "?.",
            IndexExpressionAst { NullConditional: true } => "?[]",
            CommandAst command when command.GetCommandName() is { } name && !known.Contains(name) =>
                $"the command {name}",
            CommandParameterAst { ParameterName: var p }
                when p is "AsHashtable" or "Parallel" or "AsArray" or "EscapeHandling" or "EnumsAsStrings" => $"-{p}",
            _ => null,
        };
}
