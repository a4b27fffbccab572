using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace VmPowerManager.Core.Tests.Told;

/// <summary>The keys of all sentences that an assembly can say: each interpolated string that the compiler made a
/// <see cref="Sentence"/> of, read from the compiled code.</summary>
internal static class SentenceKeys
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!) // every field is an operation
        .ToDictionary(c => c.Value);

    public static IReadOnlySet<string> Of(Assembly assembly) =>
        assembly
            .GetTypes()
            .SelectMany(t =>
                t.GetMembers(
                        BindingFlags.Static
                            | BindingFlags.Instance
                            | BindingFlags.Public
                            | BindingFlags.NonPublic
                            | BindingFlags.DeclaredOnly
                    )
                    .OfType<MethodBase>()
            )
            .SelectMany(Said)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>A sentence under construction: complete when it has all letters and holes that its constructor was told.
    /// Sentences in its holes are built in between.</summary>
    private sealed class Draft(int letters, int holes)
    {
        private readonly StringBuilder _key = new();
        private int _letters = letters;
        private int _holes = holes;
        private int _filled;

        public bool Complete => _letters == 0 && _holes == 0;
        public string Key => _key.ToString();

        public void Literal(string text)
        {
            _letters -= text.Length;
            _key.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
        }

        public void Hole()
        {
            _holes--;
            _key.Append('{').Append(_filled++).Append('}');
        }
    }

    private static IEnumerable<string> Said(MethodBase method)
    {
        var open = new Stack<Draft>();
        var numbers = new List<int>();
        var text = "";
        foreach (var (code, operand) in Instructions(method))
        {
            if (operand is MethodBase { DeclaringType.FullName: "VmPowerManager.Core.Sentence" } call)
            {
                if (call.IsConstructor && call.GetParameters()[0].ParameterType == typeof(int))
                    open.Push(new Draft(numbers[^2], numbers[^1]));
                else if (call.Name == nameof(Sentence.AppendLiteral))
                    open.Peek().Literal(text);
                else if (call.Name == nameof(Sentence.AppendFormatted))
                    open.Peek().Hole();
                while (open.TryPeek(out var draft) && draft.Complete)
                    yield return open.Pop().Key;
            }
            if (operand is string literal)
                text = literal;
            if (Number(code, operand) is { } number)
                numbers.Add(number);
        }
        if (open.Count > 0)
            throw new InvalidOperationException($"{method.DeclaringType} {method.Name}: a sentence is not understood.");
    }

    private static int? Number(OpCode code, object? operand) =>
        code.Name switch
        {
            "ldc.i4" or "ldc.i4.s" => (int?)operand,
            "ldc.i4.m1" => -1,
            ['l', 'd', 'c', '.', 'i', '4', '.', var digit] => digit - '0',
            _ => null,
        };

    private static IEnumerable<(OpCode Code, object? Operand)> Instructions(MethodBase method)
    {
        var body = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i < body.Length; )
        {
            var code = body[i] == 0xFE ? Codes[(short)(0xFE00 | body[i + 1])] : Codes[body[i]];
            i += code.Size;
            yield return (code, Operand(method, code, body, i));
            i += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(body, i)),
                _ => 4,
            };
        }
    }

    private static object? Operand(MethodBase method, OpCode code, byte[] body, int at) =>
        code.OperandType switch
        {
            OperandType.InlineString => method.Module.ResolveString(BitConverter.ToInt32(body, at)),
            OperandType.InlineMethod => method.Module.ResolveMethod(
                BitConverter.ToInt32(body, at),
                method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null,
                method.IsGenericMethod ? method.GetGenericArguments() : null
            ),
            OperandType.InlineI => BitConverter.ToInt32(body, at),
            OperandType.ShortInlineI => (int)(sbyte)body[at],
            _ => null,
        };
}
