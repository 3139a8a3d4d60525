using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Every operator that the NPU knows.</summary>
internal static class LoweringTable
{
    private static readonly TableLowering Functions = new();

    /// <summary>One row per file in this folder.</summary>
    public static IReadOnlyList<OperatorLowering> Rows { get; } =
    [
        new ConvLowering(),
        new ConvTransposeLowering(),
        new FullyConnectedLowering(),
        new BinaryLowering(),
        new MaxPoolLowering(),
        new AveragePoolLowering(),
        new GlobalAveragePoolLowering(),
        new ReduceLowering(),
        new SoftmaxLowering(),
        new ConcatLowering(),
        new ReshapeLowering(),
        new TransposeLowering(),
        new SliceLowering(),
        new SplitLowering(),
        new DepthToSpaceLowering(),
        new ExpandLowering(),
        new PadLowering(),
        new GatherLowering(),
        new ResizeLowering(),
        new BorderLowering(),
        Functions,
    ];

    private static readonly Dictionary<string, OperatorLowering> ByOperator =
        Rows.SelectMany(row => row.Operators.Select(op => (op, row))).ToDictionary(pair => pair.op, pair => pair.row, StringComparer.Ordinal);

    /// <summary>The lowering of a unit, or null: a table for what is a function of one 8-bit value, else by operator.</summary>
    public static OperatorLowering? Find(UnitView unit) => ByteFunction.IsOne(unit) ? Functions : ByOperator.GetValueOrDefault(unit.Operator);

    /// <summary>True when the operator of a node has a row, in some form of unit.</summary>
    public static bool Has(Node node) => ByOperator.ContainsKey(IntegerForm.Read(node)?.Operator ?? UnitView.Canonical(node));
}
