using EdgeAI.Compiler.Targets.Npu.Lowering;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>What the NPU asks of a unit, in order; each check may rely on the ones before it.</summary>
internal static class NpuConstraints
{
    /// <summary>Copies that one layer may come to: each moves four loops.</summary>
    private const int MostCommands = 4096;

    /// <summary>Operators whose results are places, not values.</summary>
    private static readonly string[] IndexOperators = ["ArgMax", "ArgMin", "NonMaxSuppression", "NonZero", "TopK"];

    /// <summary>The list for one configuration.</summary>
    public static IReadOnlyList<Constraint> For(NpuConfiguration configuration) =>
    [
        new("index-result", $"Results of 8 bits: indices are int64 and stay on the CPU ({string.Join(", ", IndexOperators)})", IndexResult),
        new("operator", "An operator that the NPU has: " + string.Join(", ", LoweringTable.Rows.SelectMany(row => row.Operators)), Operator),
        new("quantized", "DequantizeLinear-operator-QuantizeLinear, a QLinear form, or a move of 8-bit values", OnView(Quantized)),
        new("static-shape", "Shapes known before the run, extents of 1 … 2^20, at most 2^31 − 1 bytes", OnView(StaticShape)),
        new("activation-type", "Int8 or UInt8 values in and out", OnView(ActivationType)),
        new("scale", "One constant scale and zero point per activation tensor", OnView(view => view.RunTimeInputs.Concat(view.Outputs).Select(operand => operand.WhyNotPerTensor()).FirstOrDefault(reason => reason is not null))),
        new("constant-operand", "Constant operands only where the operator takes them", OnView(ConstantOperand)),
        new("operator-form", "Attributes, weights and extents that the lowering of the operator takes", OnView(view => LoweringTable.Find(view)!.WhyNot(view))),
        new("activation-fused", "Relu or Clip before QuantizeLinear only where its range implies them", OnView(ActivationFused)),
        new("commands", $"A change of places takes at most {MostCommands} copies", OnView(Commands)),
        new("sram-fit", "The smallest tile fits the SRAM", unit => SramFit(unit, configuration)),
    ];

    private static Func<GraphUnit, string?> OnView(Func<UnitView, string?> check) => unit => check(UnitView.Of(unit));

    private static string? IndexResult(GraphUnit unit) =>
        IndexOperators.Any(op => unit.Anchor.Is(op)) ? $"{unit.Anchor} gives int64 indices; expected results of 8 bits, which is all that the NPU's commands write besides float32" : null;

    private static string? Operator(GraphUnit unit) =>
        LoweringTable.Find(UnitView.Of(unit)) is null ? $"{unit.Anchor} is not an operator of the NPU" : null;

    private static string? Quantized(UnitView view)
    {
        var lowering = LoweringTable.Find(view)!;
        if (view.Output is null || (view.Input(0) is null && !ByteFunction.IsOne(view) && !ChannelTables.Applies(view)) || (view.Outputs.Length != 1 && !lowering.GivesSeveral))
        {
            return $"{view.Anchor} has {view.Unit.Inputs.Length} run-time inputs and {view.Unit.Outputs.Length} results; expected one 8-bit result of quantized operands";
        }

        return view.Form == UnitForm.Plain && (!lowering.TakesPlain || view.Unit.Nodes.Length != 1)
            ? $"{view.Anchor} is not between DequantizeLinear and QuantizeLinear; expected a quantized group"
            : view.Unit.Inputs.Length == 0 ? $"{view.Anchor} has no run-time input; it can be folded" : null;
    }

    private static string? StaticShape(UnitView view)
    {
        foreach (var operand in view.Operands.OfType<Operand>().Concat(view.Outputs))
        {
            if (!operand.Value.Shape.IsStatic)
            {
                return $"'{operand.Value.Name}' has shape {operand.Value.Shape}; expected numbers";
            }

            if (operand.Value.Shape.Dimensions.Any(extent => extent.Value is 0 or > StreamVerifier.LargestExtent) || Bytes(operand.Value) > int.MaxValue)
            {
                return $"'{operand.Value.Name}' has shape {operand.Value.Shape}; expected extents of 1 … {StreamVerifier.LargestExtent} and at most 2^31 − 1 bytes";
            }
        }

        return null;
    }

    /// <summary>Bytes, counted so that nothing overflows.</summary>
    private static double Bytes(Value value) =>
        value.Shape.Dimensions.Aggregate(value.Element == DataType.Float32 ? sizeof(float) : 1.0, (product, extent) => product * extent.Value);

    private static string? ActivationType(UnitView view)
    {
        var integers = view.RunTimeInputs.Concat(view.Outputs).Where(operand => view.Form != UnitForm.Border || operand.Scale is not null);
        var wrong = integers.FirstOrDefault(operand => !operand.Type.IsQuantized8() || !operand.Value.Element.IsQuantized8());
        var real = view.Form == UnitForm.Border ? view.Input(0)!.Scale is null ? view.Input(0) : view.Output : null;
        return wrong is not null ? $"'{wrong.Value.Name}' is {wrong.Value.Element}; expected Int8 or UInt8"
            : real is not null && real.Value.Element != DataType.Float32 ? $"'{real.Value.Name}' is {real.Value.Element}; expected Float32 on the other side of 8 bits" : null;
    }

    private static string? ConstantOperand(UnitView view)
    {
        if (view.Input(0) is { IsConstant: true } first && !LoweringTable.Find(view)!.TakesConstantOperands)
        {
            return $"'{first.Value.Name}' is constant; expected a run-time value";
        }

        var second = view.Input(1);
        return second is { IsConstant: true, Scale: not null } && LoweringTable.Find(view)!.TakesConstantOperands ? second.WhyNotPerTensor() : null;
    }

    private static string? ActivationFused(UnitView view) =>
        view.Activation is null || LoweringTable.Find(view)!.FusesActivation ? null
        : view.Activation.Is("Clip") && view.Activation.Inputs.Skip(1).Any(bound => bound is { Constant: null }) ? $"bounds of {view.Activation} are computed at run time"
        : ClipBounds.WhyNotImplied(view.Activation, view.Output!.Quantization);

    private static string? Commands(UnitView view)
    {
        if (view.Output!.Value.Shape.Rank <= Layers.TensorAxes.MapRank && LoweringTable.Find(view) is not MoveLowering)
        {
            return null;
        }

        var most = ProgramBuilder.Single(view.Unit).Layers.Select(layer => layer.CommandCount).DefaultIfEmpty(0).Max();
        return most <= MostCommands ? null : $"{view.Anchor} takes {most} copies; expected at most {MostCommands}";
    }

    private static string? SramFit(GraphUnit unit, NpuConfiguration configuration)
    {
        foreach (var layer in ProgramBuilder.Single(unit).Layers)
        {
            if (layer.SmallestWorkingSet(configuration) is var bytes && bytes > configuration.SramBytes)
            {
                return $"the smallest tile of {unit.Anchor} needs {bytes} bytes; the SRAM has {configuration.SramBytes}";
            }
        }

        return null;
    }
}
