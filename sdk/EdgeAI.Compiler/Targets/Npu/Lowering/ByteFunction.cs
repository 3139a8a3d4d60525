using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// A group whose nodes together are a function of one 8-bit value: element-wise operators on what its dequantizers give and on constants of
/// one element. All 256 results are computed node by node in float32, as ONNX Runtime would.
/// </summary>
internal static class ByteFunction
{
    /// <summary>True when a unit is such a group.</summary>
    public static bool IsOne(UnitView unit)
    {
        if (unit.Form == UnitForm.Integer)
        {
            return UnaryFunctions.Rows.ContainsKey(unit.Operator);
        }

        // Two operands of one value have an integer rule of their own.
        var isPair = UnaryFunctions.Pairs.ContainsKey(unit.Operator) && unit.Operands.Count(operand => operand is not null) == 2;
        var nodes = Functions(unit).ToList();
        return !isPair && unit.Form == UnitForm.Group && nodes.TrueForAll(IsFunction) && nodes.TrueForAll(node => node.Inputs.All(IsKnown)) && SourceOf(unit) is not null;

        bool IsKnown(Value? value) => value is null || IsScalar(value) || (value.Producer is { } producer && unit.Unit.Nodes.Contains(producer));
    }

    /// <summary>True when an operator is element-wise over one operand and constants.</summary>
    public static bool IsFunction(Node node) =>
        (UnaryFunctions.Rows.ContainsKey(UnitView.Canonical(node)) && node.Inputs.Skip(1).All(value => value is null || IsScalar(value)))
        || (UnaryFunctions.Pairs.ContainsKey(UnitView.Canonical(node)) && node.Inputs.Count == 2);

    /// <summary>True for a constant of one float32.</summary>
    public static bool IsScalar(Value value) => value.Constant is { Type: DataType.Float32, Shape.ElementCount: 1 };

    /// <summary>The function from real to real.</summary>
    public static Func<float, float> Of(UnitView unit)
    {
        if (unit.Form == UnitForm.Integer)
        {
            return UnaryFunctions.Rows[unit.Operator](unit.Anchor);
        }

        var steps = Functions(unit).Select(node => (node, Function: Step(node))).ToList();
        return real =>
        {
            var values = unit.Unit.Nodes.Where(node => node.Is("DequantizeLinear")).ToDictionary(node => node.Output(0)!, _ => real);
            foreach (var (node, function) in steps)
            {
                values[node.Output(0)!] = function(node.Inputs.Select(value => value is null ? 0 : value.Constant is { Type: DataType.Float32 } constant ? constant.AsSpan<float>()[0] : values[value]).ToArray());
            }

            return values[steps[^1].node.Output(0)!];
        };
    }

    /// <summary>The run-time operand of all dequantizers, or null when they have several or one is constant.</summary>
    private static Operand? SourceOf(UnitView unit)
    {
        var sources = unit.Unit.Nodes.Where(node => node.Is("DequantizeLinear")).Select(node => new Operand(node.Input(0)!, node.Input(1), node.Input(2))).ToList();
        return sources.Count > 0 && unit.RunTimeInputs.FirstOrDefault() is { } first
            && sources.TrueForAll(source => source.Value == first.Value && source.WhyNotPerTensor() is null && first.WhyNotPerTensor() is null && source.Quantization == first.Quantization) ? first : null;
    }

    private static Func<float[], float> Step(Node node)
    {
        if (UnaryFunctions.Rows.TryGetValue(UnitView.Canonical(node), out var row))
        {
            var function = row(node);
            return arguments => function(arguments[0]);
        }

        var pair = UnaryFunctions.Pairs[UnitView.Canonical(node)];
        return arguments => pair(arguments[0], arguments[1]);
    }

    private static IEnumerable<Node> Functions(UnitView unit) => unit.Unit.Nodes.Where(node => !node.Is("DequantizeLinear") && !node.Is("QuantizeLinear"));
}
