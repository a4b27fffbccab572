using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace VmPowerManager.LabPowerShell;

/// <summary>A host that asks nobody anything.</summary>
internal sealed class LabHost(ClixmlErrors errors) : PSHost
{
    public int? ExitCode { get; private set; }
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name => "ConsoleHost";
    public override PSHostUserInterface UI { get; } = new Screen(errors);
    public override Version Version { get; } = new(5, 1);

    public override void EnterNestedPrompt() { }

    public override void ExitNestedPrompt() { }

    public override void NotifyBeginApplication() { }

    public override void NotifyEndApplication() { }

    public override void SetShouldExit(int exitCode) => ExitCode ??= exitCode;

    private sealed class Screen(ClixmlErrors errors) : PSHostUserInterface
    {
        public override PSHostRawUserInterface? RawUI => null;

        public override string ReadLine() => throw Alone();

        public override SecureString ReadLineAsSecureString() => throw Alone();

        public override Dictionary<string, PSObject> Prompt(
            string caption,
            string message,
            System.Collections.ObjectModel.Collection<FieldDescription> descriptions
        ) => throw Alone();

        public override int PromptForChoice(
            string caption,
            string message,
            System.Collections.ObjectModel.Collection<ChoiceDescription> choices,
            int defaultChoice
        ) => throw Alone();

        public override PSCredential PromptForCredential(string c, string m, string u, string t) => throw Alone();

        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes allowedCredentialTypes,
            PSCredentialUIOptions options
        ) => throw Alone();

        public override void Write(string value) => Console.Out.Write(value);

        public override void Write(ConsoleColor f, ConsoleColor b, string value) => Console.Out.Write(value);

        public override void WriteLine(string value) => Console.Out.WriteLine(value);

        public override void WriteErrorLine(string value) => errors.Say(value);

        public override void WriteDebugLine(string message) { }

        public override void WriteVerboseLine(string message) { }

        public override void WriteWarningLine(string message) { }

        public override void WriteProgress(long sourceId, ProgressRecord record) { }

        private static InvalidOperationException Alone() =>
            new("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
    }
}
