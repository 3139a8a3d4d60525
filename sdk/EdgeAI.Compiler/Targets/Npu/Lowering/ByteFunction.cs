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

        var inside = unit.Unit.Nodes.ToHashSet();
        // Two operands of one value have an integer rule of their own.
        var isPair = UnaryFunctions.Pairs.ContainsKey(unit.Operator) && unit.Operands.Count(operand => operand is not null) == 2;
        var nodes = Functions(unit).ToList();
        return !isPair && unit.Form == UnitForm.Group && nodes.TrueForAll(IsFunction) && nodes.TrueForAll(node => node.Inputs.All(IsKnown)) && SourceOf(unit) is not null;

        bool IsKnown(Value? value) => value is null || IsScalar(value) || (value.Producer is { } producer && inside.Contains(producer));
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

        var (steps, numbers) = Indexed(unit);
        return real =>
        {
            numbers[0] = real;
            foreach (var step in steps)
            {
                numbers[step.Result] = step.Function(numbers[step.First], numbers[step.Second]);
            }

            return numbers[steps[^1].Result];
        };
    }

    /// <summary>One operator on places of the numbers of an evaluation.</summary>
    private readonly record struct Step(Func<float, float, float> Function, int First, int Second, int Result);

    /// <summary>The operators in order, and numbers that hold the constants; place 0 is for what all dequantizers give, 1 for what is left out.</summary>
    private static (Step[] Steps, float[] Numbers) Indexed(UnitView unit)
    {
        var places = unit.Unit.Nodes.Where(node => node.Is("DequantizeLinear")).ToDictionary(node => node.Output(0)!, _ => 0);
        var (steps, numbers) = (new List<Step>(), new List<float> { 0, 0 });
        foreach (var node in Functions(unit))
        {
            var (first, second) = (Place(node.Input(0)), Place(node.Input(1)));
            steps.Add(new Step(Function(node), first, second, numbers.Count));
            places.Add(node.Output(0)!, numbers.Count);
            numbers.Add(0);
        }

        return ([.. steps], [.. numbers]);

        int Place(Value? value)
        {
            if (value is null)
            {
                return 1;
            }

            if (value.Constant is { Type: DataType.Float32 } constant && places.TryAdd(value, numbers.Count))
            {
                numbers.Add(constant.AsSpan<float>()[0]);
            }

            return places[value];
        }
    }

    /// <summary>The run-time operand of all dequantizers, or null when they have several or one is constant.</summary>
    private static Operand? SourceOf(UnitView unit)
    {
        var sources = unit.Unit.Nodes.Where(node => node.Is("DequantizeLinear")).Select(node => new Operand(node.Input(0)!, node.Input(1), node.Input(2))).ToList();
        return sources.Count > 0 && unit.RunTimeInputs.FirstOrDefault() is { } first
            && sources.TrueForAll(source => source.Value == first.Value && source.WhyNotPerTensor() is null && first.WhyNotPerTensor() is null && source.Quantization == first.Quantization) ? first : null;
    }

    private static Func<float, float, float> Function(Node node)
    {
        if (UnaryFunctions.Rows.TryGetValue(UnitView.Canonical(node), out var row))
        {
            var function = row(node);
            return (x, _) => function(x);
        }

        return UnaryFunctions.Pairs[UnitView.Canonical(node)];
    }

    private static IEnumerable<Node> Functions(UnitView unit) => unit.Unit.Nodes.Where(node => !node.Is("DequantizeLinear") && !node.Is("QuantizeLinear"));
}
