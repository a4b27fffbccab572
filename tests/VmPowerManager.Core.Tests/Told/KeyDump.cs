namespace VmPowerManager.Core.Tests.Told;
public sealed class KeyDump
{
    [Fact]
    public void Dump() => File.WriteAllLines("/tmp/wt/explain-keys.txt", SentenceKeys.Of(typeof(Sentence).Assembly).Order(StringComparer.Ordinal));
}
