using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>Names in a row, for a check; of many only the first.</summary>
internal static class Named
{
    public static Sentence Of(IReadOnlyCollection<string> names, int most) =>
        Of(Sentence.Verbatim(string.Join(", ", names.Take(most))), names.Count - most);

    public static Sentence Of(IReadOnlyCollection<Sentence> names, int most) =>
        Of(Sentence.Join(", ", names.Take(most)), names.Count - most);

    private static Sentence Of(Sentence shown, int more) => more <= 0 ? shown : Sentence.Of($"{shown} and {more} more");
}
