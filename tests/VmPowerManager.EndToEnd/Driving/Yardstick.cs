using System.Linq.Expressions;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>A piece of work that never changes, of the kind that a start mostly consists of: code is made and compiled. One
/// machine takes twice as long for the same start as another, and for this as well; a program that got slower does not.</summary>
public static class Yardstick
{
    private const int Lambdas = 1000;

    /// <summary>What it takes where a start takes 1.7 s.</summary>
    private static readonly TimeSpan There = TimeSpan.FromMilliseconds(250);

    /// <summary>How many times longer it takes just now; 1 where it is done sooner.</summary>
    public static double Slowness()
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < Lambdas; i++)
            Compiled(i)(i, "yardstick, x");
        return Math.Max(1, TimeProvider.System.GetElapsedTime(begun) / There);
    }

    private static Func<int, string, int> Compiled(int i)
    {
        var number = Expression.Parameter(typeof(int));
        var text = Expression.Parameter(typeof(string));
        var sum = Expression.Add(Expression.Property(text, nameof(string.Length)), Expression.Constant(i));
        var found = Expression.Call(
            text,
            nameof(string.IndexOf),
            null,
            Expression.Constant('x'),
            Expression.Modulo(number, Expression.Constant(9))
        );
        var body = Expression.Condition(Expression.GreaterThan(number, Expression.Constant(i)), sum, found);
        return Expression.Lambda<Func<int, string, int>>(body, number, text).Compile();
    }
}
