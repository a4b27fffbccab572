namespace VmPowerManager.Tests.Ups;

/// <summary>Where the recordings of real devices lie. They are not part of this repository: a folder
/// <c>shared/recordings</c> beside one of its parents, or what VMPM_RECORDINGS names.</summary>
internal static class Recordings
{
    /// <summary>tests/run knows these words: it excuses tests that are skipped for them.</summary>
    private const string Missing =
        "There are no recordings here: put them into shared/recordings beside the project, or name their folder in "
        + "VMPM_RECORDINGS.";

    /// <summary>The folder of one kind (<c>snmp</c>, <c>nut</c>); skips the test where there is none.</summary>
    public static string Require(string kind)
    {
        var found = Candidates().Select(c => Path.Combine(c, kind)).FirstOrDefault(c => File.Exists(Manifest(c)));
        Assert.SkipWhen(found is null, Missing);
        return found;
    }

    private static string Manifest(string folder) => Path.Combine(folder, "manifest.json");

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("VMPM_RECORDINGS") is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            yield return Path.Combine(at.FullName, "shared", "recordings");
    }
}
