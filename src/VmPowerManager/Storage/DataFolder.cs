namespace VmPowerManager.Storage;

/// <summary>The one folder that holds everything that must survive: databases, keys, lock (configuration key Data:Path).</summary>
public sealed class DataFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string AppDb => File("app.db");
    public string HistoryDb => File("history.db");
    public string InstanceLock => File("instance.lock");
    public string Keys => File("keys");

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
