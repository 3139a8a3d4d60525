using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Two Casts become one (or none) where the first loses nothing: every number of its operand's type exists in the type between.</summary>
internal sealed class MergeCasts : GraphRewrite
{
    public override string Name => "merge-casts";

    protected internal override ImmutableArray<string> Operators => ["Cast"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!node.Is("Cast") || node.Input(0)?.Producer is not { } inner || !inner.Is("Cast") || !ReferenceEquals(inner.Graph, node.Graph)
            || inner.Input(0) is not { } source || !IsWidening(source.Element, node.Inputs[0]!.Element))
        {
            return null;
        }

        var target = (DataType)node.Attributes.Int("to", 0);
        return target == source.Element ? Known.Bypass(Name, node, source)
            : IsWidening(source.Element, target) || (IsInteger(source.Element) && IsInteger(node.Inputs[0]!.Element) && (IsInteger(target) || IsFloat(target))) ? Known.Exchange(Name, node, "Cast", [source], node.Attributes)
            : null;
    }

    private static bool IsWidening(DataType from, DataType to) => from switch
    {
        DataType.Boolean => IsInteger(to) || IsFloat(to),
        DataType.UInt8 => to is DataType.UInt16 or DataType.UInt32 or DataType.UInt64 or DataType.Int16 or DataType.Int32 or DataType.Int64 || IsFloat(to),
        DataType.Int8 => to is DataType.Int16 or DataType.Int32 or DataType.Int64 || IsFloat(to),
        DataType.UInt16 => to is DataType.UInt32 or DataType.UInt64 or DataType.Int32 or DataType.Int64 or DataType.Float32 or DataType.Float64,
        DataType.Int16 => to is DataType.Int32 or DataType.Int64 or DataType.Float32 or DataType.Float64,
        DataType.UInt32 => to is DataType.UInt64 or DataType.Int64 or DataType.Float64,
        DataType.Int32 => to is DataType.Int64 or DataType.Float64,
        DataType.Float16 => to is DataType.Float32 or DataType.Float64,
        DataType.Float32 => to is DataType.Float64,
        _ => false,
    };

    private static bool IsInteger(DataType type) =>
        type is DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64 or DataType.UInt8 or DataType.UInt16 or DataType.UInt32 or DataType.UInt64 or DataType.Boolean;

    private static bool IsFloat(DataType type) => type is DataType.Float16 or DataType.Float32 or DataType.Float64;
}
