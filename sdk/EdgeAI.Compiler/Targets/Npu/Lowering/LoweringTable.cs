namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Every operator that the NPU knows.</summary>
internal static class LoweringTable
{
    /// <summary>One row per file in this folder.</summary>
    public static IReadOnlyList<OperatorLowering> Rows { get; } =
    [
        new ConvLowering(),
        new FullyConnectedLowering(),
        new AddLowering(),
        new MaxPoolLowering(),
        new AveragePoolLowering(),
        new GlobalAveragePoolLowering(),
        new ConcatLowering(),
        new ReshapeLowering(),
        new TransposeLowering(),
        new TableLowering(),
    ];

    private static readonly Dictionary<string, OperatorLowering> ByOperator =
        Rows.SelectMany(row => row.Operators.Select(op => (op, row))).ToDictionary(pair => pair.op, pair => pair.row, StringComparer.Ordinal);

    /// <summary>The lowering of an operator, or null.</summary>
    public static OperatorLowering? Find(string op) => ByOperator.GetValueOrDefault(op);
}
