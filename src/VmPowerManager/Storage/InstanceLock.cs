namespace VmPowerManager.Storage;

/// <summary>Keeps a second process out of the data folder. The system releases the lock when the process ends, however
/// it ends, so a leftover file locks nobody out.</summary>
public sealed class InstanceLock(DataFolder folder) : IDisposable
{
    private FileStream? _held;

    /// <exception cref="StartRefusedException">Another process holds it.</exception>
    public void Take()
    {
        try
        {
            _held = new FileStream(
                folder.InstanceLock,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1
            );
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartRefusedException($"The data folder {folder.Path} cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StartRefusedException(
                $"Another VM Host Power Manager is already running on the data folder {folder.Path}.",
                e
            );
        }
    }

    public void Dispose() => _held?.Dispose();
}
