using VmPowerManager.Protocols.PowerShell;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>What runs on a Hyper-V host, in the syntax of Windows PowerShell 5.1 and with few commands; all that is not
/// constant is data (<c>$a</c>). Answers are lines of JSON, flat tables of text, numbers and truth, because 5.1 writes
/// others oddly; as base64, because the console's code page would spoil names.</summary>
internal static class HyperVScripts
{
    /// <summary>Before the answer, which stands in one line.</summary>
    public const string Mark = "@@vmpm ";

    private const string Begin = """
        $o=@()
        function Say($h){$script:o+=ConvertTo-Json -InputObject $h -Compress}
        function Native($f,$l){$ErrorActionPreference='Continue';$t=(@(& $f $l 2>&1)|ForEach-Object{"$_"}) -join "`n";@{text=$t;code=[int]$LASTEXITCODE}}
        try{

        """;

    private const string End = """

        Say @{kind='end'}
        }catch{
        Say @{kind='error';text="$($_.Exception.Message)";id="$($_.FullyQualifiedErrorId)";category="$($_.CategoryInfo.Category)"}
        }
        [Console]::Out.WriteLine('@@vmpm '+[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($o -join "`n")))
        """;

    /// <summary>The cluster is asked only when it is not known: its module takes a second to load. Its service is disabled (4)
    /// where the tools are installed on a machine that is in no cluster.</summary>
    private const string Host = """
        $p=@(Get-CimInstance -ClassName Win32_ComputerSystemProduct)[0]
        $c='';$w='';$r=0
        if($a.cluster -and (Get-Command Get-Cluster -ErrorAction SilentlyContinue)){
        try{$k=Get-Cluster;$c="$($k.Id)";$n="$($k.Name)"
        if($a.probe){$r=@(Get-ClusterGroup|Where-Object{"$($_.GroupType)" -eq 'VirtualMachine'}).Count}
        }catch{$w="$($_.Exception.Message)"
        try{if((Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\ClusSvc' -Name Start).Start -eq 4){$w=''}}catch{}}}
        Say @{kind='host';uuid="$($p.UUID)";name=[Environment]::MachineName;cluster=$c;clusterName="$n";roles=$r;clusterWords=$w}

        """;

    /// <summary>Who may not see a machine is told of none, without an error: an empty list must not pass for one of machines
    /// that are off. .NET leaves groups out that a filtered logon holds for denying only.</summary>
    private const string Groups = """
        $g=@([Security.Principal.WindowsIdentity]::GetCurrent().Groups|ForEach-Object{"$($_.Value)"})
        $h=$g -contains 'S-1-5-32-578';$d=$g -contains 'S-1-5-32-544'

        """;

    private const string Machines = """
        if(!($h -or $d)){throw 'AccessDenied: this logon is neither one of Hyper-V Administrators nor of Administrators'}
        foreach($v in @(Get-VM)){Say @{kind='vm';id="$($v.Id)";name="$($v.Name)";state="$($v.State)";heartbeat="$($v.Heartbeat)";start="$($v.AutomaticStartAction)";stop="$($v.AutomaticStopAction)";delay=[int]$v.AutomaticStartDelay}}

        """;

    /// <summary>WMI tells the shutdown service of all machines at once, and names it alike in every language; the module's
    /// Get-VMIntegrationService does neither.</summary>
    private const string Services = """
        foreach($s in @(Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_ShutdownComponent)){Say @{kind='service';vm="$($s.SystemName)";enabled=([int]$s.EnabledState -eq 2);status=[int]@($s.OperationalStatus)[0]}}

        """;

    /// <summary>whoami tells rights by names that no language changes.</summary>
    private const string Rights = """
        Say @{kind='clock';ticks=[DateTime]::UtcNow.Ticks}
        $m=[bool](Get-Command Get-VM -ErrorAction SilentlyContinue)
        $q=Native 'whoami.exe' @('/priv','/fo','csv','/nh')
        Say @{kind='shell';version="$($PSVersionTable.PSVersion)";module=$m;asked=($q.code -eq 0);words=$q.text.Substring(0,[Math]::Min(200,$q.text.Length));hyperv=$h;admin=$d;shutdown=($q.text -match 'Se(Remote)?ShutdownPrivilege')}

        """;

    /// <summary>Msvm_ShutdownComponent answers when the guest took or refused the request, while Stop-VM would wait for its end
    /// and force it after five minutes. First politely; a guest that is locked goes by force only (32781), as with
    /// Stop-VM -Force. A guest that is saved instead keeps all that was unsaved.</summary>
    private const string Ask = """
        $i="$($v.Id)"
        $c=@(Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_ShutdownComponent -Filter "SystemName='$i'")
        if($s -like 'Off*' -or $s -like 'Saved*'){Say @{kind='done';code=0;state=$s}}
        elseif($c.Count -eq 0 -or [int]$c[0].EnabledState -ne 2){Say @{kind='done';code=-1;state=$s}}
        else{
        $r=@{Reason='VM Host Power Manager'}
        $x=(Invoke-CimMethod -InputObject $c[0] -MethodName $a.method -Arguments ($r+@{Force=$false})).ReturnValue
        if($x -eq 32781){$x=(Invoke-CimMethod -InputObject $c[0] -MethodName $a.method -Arguments ($r+@{Force=$true})).ReturnValue}
        Say @{kind='done';code=[int64]$x;state=$s}}

        """;

    /// <summary>As jobs: the virtual machine management service does the work and goes on when this PowerShell has ended. What
    /// goes wrong within three seconds is told.</summary>
    private const string Order = """
        $j=$null
        switch($a.verb){
        'save'{if($s -notmatch '^(Fast)?Sav'){$j=Save-VM -VM $v -AsJob -Confirm:$false}}
        'off'{if($s -notmatch '^(Off|(Fast)?Saved)'){$j=Stop-VM -VM $v -TurnOff -Force -AsJob -Confirm:$false}}
        'start'{if($s -like 'Paused*'){$j=Resume-VM -VM $v -AsJob -Confirm:$false}elseif($s -notmatch '^(Running|Starting|Resuming)'){$j=Start-VM -VM $v -AsJob -Confirm:$false}}
        'resume'{if($s -notmatch '^(Running|Starting|Resuming)'){$j=Resume-VM -VM $v -AsJob -Confirm:$false}}}
        if($j){$null=Wait-Job -Job $j -Timeout 3;if("$($j.State)" -eq 'Failed'){$null=Receive-Job -Job $j -ErrorAction Stop;throw 'The job failed.'}}
        Say @{kind='done';code=0;state=$s}

        """;

    private const string Find = "$v=@(Get-VM -Id $a.id)[0];$s=\"$($v.State)\"\n";

    /// <summary>Nothing is waited for: the machine goes down while this answers. One that was told before to go later
    /// (1190) is told to go now; one that is going already (1115) is as wanted.</summary>
    private const string Power = """
        $l=@($a.what,'/f','/t','0')
        $r=Native 'shutdown.exe' $l
        if($r.code -eq 1190){$null=Native 'shutdown.exe' @('/a');$r=Native 'shutdown.exe' $l}
        if($r.code -eq 1115){$r.code=0}
        Say @{kind='done';code=$r.code;text=$r.text}

        """;

    private const string Machine = """
        $p=@(Get-CimInstance -ClassName Win32_ComputerSystemProduct)[0]
        Say @{kind='host';uuid="$($p.UUID)";name=[Environment]::MachineName}
        foreach($n in @(Get-CimInstance -ClassName Win32_NetworkAdapter -Filter 'PhysicalAdapter=True')){Say @{kind='mac';vm='';mac="$($n.MACAddress)"}}
        foreach($n in @(Get-VMNetworkAdapter -VMName '*')){Say @{kind='mac';vm="$($n.VMId)";mac="$($n.MacAddress)"}}

        """;

    /// <summary>A person's own text, told as they would see it. What a program told by its exit code is told on.</summary>
    private const string Person = """
        try{[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false)}catch{}
        $ErrorActionPreference='Continue';$global:LASTEXITCODE=0
        & ([scriptblock]::Create($a.command));$k=$?
        if($LASTEXITCODE){exit $LASTEXITCODE}
        if(!$k){exit 1}
        exit 0
        """;

    public static PowerShellScript States(bool withCluster) =>
        Looks(Host + Groups + Machines, new { cluster = withCluster });

    public static PowerShellScript Discovery { get; } =
        Looks(Host + Groups + Machines + Services, new { cluster = true });

    /// <summary>As the real run's, and who we are.</summary>
    public static PowerShellScript Probe { get; } =
        Looks(Groups + Rights + Host + "if($m){" + Machines + Services + "}", new { cluster = true, probe = true });

    public static PowerShellScript Identity { get; } = Looks(Machine, null);

    public static PowerShellScript Guest(Guid id, GuestVerb verb) =>
        verb switch
        {
            GuestVerb.Shutdown => Of(Find + Ask, new { id, method = "InitiateShutdown" }),
            GuestVerb.Reboot => Of(Find + Ask, new { id, method = "InitiateReboot" }),
            GuestVerb.Save => Of(Find + Order, new { id, verb = "save" }),
            GuestVerb.ForceOff => Of(Find + Order, new { id, verb = "off" }),
            GuestVerb.Start => Of(Find + Order, new { id, verb = "start" }),
            GuestVerb.Resume => Of(Find + Order, new { id, verb = "resume" }),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        };

    public static PowerShellScript HostPower(HostVerb verb) =>
        Of(Power, new { what = verb == HostVerb.Reboot ? "/r" : "/s" });

    /// <exception cref="Protocols.DeviceException">Refused: too long.</exception>
    public static PowerShellScript Command(string command) => PowerShellScript.Of(Person, new { command });

    private static PowerShellScript Looks(string body, object? data) => Of(body, data, onlyLooks: true);

    private static PowerShellScript Of(string body, object? data, bool onlyLooks = false) =>
        PowerShellScript.Of(Begin + body + End, data, onlyLooks);
}
