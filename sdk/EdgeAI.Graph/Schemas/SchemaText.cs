using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace EdgeAI.Graph.Schemas;

/// <summary>
/// The short notation that operators are described in. Operands: <c>"X:T axes?:i64@13 inputs*:T"</c>; attributes:
/// <c>"axis:int=0 pads:ints to:int! axes:ints@-13"</c>; type variables: <c>"T=float|i32 U=any"</c>. <c>?</c> optional,
/// <c>*</c> variadic, <c>+</c> variadic and at least one, <c>!</c> required, <c>=</c> default, <c>@a-b</c> since version a until (not including) b.
/// </summary>
internal static class SchemaText
{
    public static ImmutableArray<OperandSchema> Operands(string text) => [.. Words(text).Select(Operand)];

    public static ImmutableArray<AttributeSchema> Attributes(string text) => [.. Words(text).Select(Attribute)];

    public static ImmutableArray<(string Name, TypeSet Types)> Types(string text) =>
        [.. Words(text).Select(word => word.Split('=')).Select(pair => (pair[0], TypeSet.Parse(pair[1]) ?? throw new FormatException($"'{pair[1]}' names no set of types.")))];

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static OperandSchema Operand(string word)
    {
        var (body, versions) = Versions(word);
        var colon = body.IndexOf(':', StringComparison.Ordinal);
        var name = body[..colon];
        var arity = name[^1] switch { '?' => OperandArity.Optional, '*' or '+' => OperandArity.Variadic, _ => OperandArity.Required };
        return new(name.TrimEnd('?', '*', '+'), arity, body[(colon + 1)..], versions) { Least = name[^1] is '?' or '*' ? 0 : 1 };
    }

    private static AttributeSchema Attribute(string word)
    {
        var (body, versions) = Versions(word);
        var colon = body.IndexOf(':', StringComparison.Ordinal);
        var equals = body.IndexOf('=', StringComparison.Ordinal);
        var kindText = body[(colon + 1)..(equals < 0 ? body.Length : equals)];
        var kind = Enum.Parse<AttributeKind>(kindText.TrimEnd('!'), ignoreCase: true);
        var value = equals < 0 ? null : Default(kind, body[(equals + 1)..]);
        return new(body[..colon], kind, kindText[^1] == '!', value, versions);
    }

    private static (string Body, VersionRange Versions) Versions(string word)
    {
        var at = word.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return (word, VersionRange.All);
        }

        var range = word[(at + 1)..].Split('-');
        var since = range[0].Length == 0 ? 0 : Number(range[0]);
        return (word[..at], new(since, range.Length > 1 ? Number(range[1]) : int.MaxValue));
    }

    private static AttributeValue Default(AttributeKind kind, string text) => kind switch
    {
        AttributeKind.Int => new AttributeValue.Int(long.Parse(text, CultureInfo.InvariantCulture)),
        AttributeKind.Float => new AttributeValue.Float(float.Parse(text, CultureInfo.InvariantCulture)),
        AttributeKind.Text => new AttributeValue.Text(Encoding.UTF8.GetBytes(text)),
        AttributeKind.Ints => new AttributeValue.Ints([.. text.Split(',').Select(item => long.Parse(item, CultureInfo.InvariantCulture))]),
        AttributeKind.Texts => new AttributeValue.Texts([.. text.Split(',').Select(item => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(item))]),
        _ => throw new FormatException($"A {kind} has no default in text."),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
