namespace VmPowerManager.Storage;

/// <summary>The one folder that holds everything that must survive: databases, keys, lock (configuration key Data:Path).</summary>
public sealed class DataFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string AppDb => File("app.db");
    public string HistoryDb => File("history.db");
    public string InstanceLock => File("instance.lock");
    public string Keys => File("keys");

    /// <summary>Creates the folder, readable by its owner alone. One that is there already keeps its mode.</summary>
    /// <exception cref="StartRefusedException">It cannot be created or written.</exception>
    public void Create()
    {
        try
        {
            CreatePrivate(Path);
            CreatePrivate(Keys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder {Path} cannot be created or written: {e.Message}", e);
        }
    }

    private static void CreatePrivate(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly);
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
