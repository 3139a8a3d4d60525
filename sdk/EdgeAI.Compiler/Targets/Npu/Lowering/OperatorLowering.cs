using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>How one operator becomes layers.</summary>
internal abstract class OperatorLowering
{
    /// <summary>The operators of ai.onnx that it takes.</summary>
    public abstract IReadOnlyList<string> Operators { get; }

    /// <summary>Places of the run-time operands; null for all quantized ones.</summary>
    public virtual bool TakesConstantOperands => false;

    /// <summary>True when single nodes on 8-bit values make sense: moves and maxima.</summary>
    public virtual bool TakesPlain => false;

    /// <summary>True when all results of a node are made, not only the first.</summary>
    public virtual bool GivesSeveral => false;

    /// <summary>True when Relu or Clip before QuantizeLinear is computed here, whether the range implies it or not.</summary>
    public virtual bool FusesActivation => false;

    /// <summary>Null, or what the operator asks for that is not here: attributes, weights, extents.</summary>
    public abstract string? WhyNot(UnitView unit);

    /// <summary>Adds its layers; the unit has passed every constraint.</summary>
    public abstract void Lower(UnitView unit, LoweringContext context);

    /// <summary>Null, or the reason why operands and result are not of one 8-bit type, as ONNX Runtime's integer kernels demand.</summary>
    protected static string? WhyNotOneType(UnitView unit)
    {
        var types = unit.RunTimeInputs.Concat(unit.Outputs).Select(operand => operand.Type).Distinct().ToList();
        return types.Count == 1 ? null
            : $"operands and result are {string.Join(", ", types)}; expected one type, otherwise ONNX Runtime computes in float";
    }

    /// <summary>The extents of the result in the graph.</summary>
    protected static long[] Extents(Value value) => value.Shape.ToArray();

    /// <summary>Null, or why the element types of the two sides differ in a pure move.</summary>
    protected static string? WhyNotSameType(UnitView unit) =>
        unit.Input(0)!.Type == unit.Output!.Type ? null : $"input is {unit.Input(0)!.Type}, output is {unit.Output.Type}; expected the same";
}
