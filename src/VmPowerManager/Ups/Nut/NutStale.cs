using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>The server's word for a device that it has lost, in the feature's words.</summary>
internal static class NutStale
{
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    public static async Task<T> AsItIs<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (NutDataStaleException e)
        {
            throw new UpsStaleException(e.Message);
        }
    }
}
