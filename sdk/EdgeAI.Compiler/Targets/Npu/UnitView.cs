using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>How a unit says that it is 8-bit.</summary>
internal enum UnitForm
{
    /// <summary>DequantizeLinear, the operator, perhaps an activation, QuantizeLinear.</summary>
    Group,
    /// <summary>One node with scales and zero points among its operands: QLinearConv …</summary>
    Integer,
    /// <summary>One node on 8-bit values: Reshape, MaxPool …</summary>
    Plain,
    /// <summary>QuantizeLinear or DequantizeLinear by itself, between float32 and 8 bits.</summary>
    Border,
}

/// <summary>
/// A unit as the NPU sees it: one operator on 8-bit operands, whichever form it was written in. Only the structure is
/// read here; whether it can run is what the constraints ask.
/// </summary>
internal sealed class UnitView
{
    private readonly ImmutableArray<Operand?> _operands;

    private UnitView(GraphUnit unit, UnitForm form, string op, ImmutableArray<Operand?> operands, params ImmutableArray<Operand?> outputs)
    {
        (Unit, Form, Operator, _operands) = (unit, form, op, operands);
        Outputs = outputs.Contains(null) ? [] : [.. outputs.OfType<Operand>()];
        Activation = form == UnitForm.Group ? unit.Nodes.FirstOrDefault(node => node != unit.Anchor && (node.Is("Relu") || node.Is("Clip"))) : null;
    }

    public GraphUnit Unit { get; }

    public UnitForm Form { get; }

    /// <summary>Operator of ai.onnx that it computes: "Conv" also for QLinearConv.</summary>
    public string Operator { get; }

    public Node Anchor => Unit.Anchor;

    /// <summary>The results, in order; none when the unit has another form of result.</summary>
    public ImmutableArray<Operand> Outputs { get; }

    /// <summary>The first result; null when the unit has another form of result.</summary>
    public Operand? Output => Outputs.Length > 0 ? Outputs[0] : null;

    /// <summary>Relu or Clip between the operator and QuantizeLinear.</summary>
    public Node? Activation { get; }

    /// <summary>The quantized operands in order; null where one is left out or is not quantized (a shape, a bound).</summary>
    public ImmutableArray<Operand?> Operands => _operands;

    /// <summary>The operand at that place of the canonical operator (Conv: 0 input, 1 weight, 2 bias), or null.</summary>
    public Operand? Input(int index) => index < _operands.Length ? _operands[index] : null;

    /// <summary>The operands that come at run time.</summary>
    public IEnumerable<Operand> RunTimeInputs => _operands.OfType<Operand>().Where(operand => !operand.IsConstant);

    /// <summary>Reads any unit.</summary>
    public static UnitView Of(GraphUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (unit.IsQuantized)
        {
            return Group(unit);
        }

        return unit.Nodes.Length == 1 && IntegerForm.Read(unit.Anchor) is (var op, var operands, var output)
            ? new UnitView(unit, UnitForm.Integer, op, operands, output)
            : Plain(unit);
    }

    private static UnitView Group(GraphUnit unit)
    {
        var inside = unit.Nodes.ToHashSet();
        var operands = unit.Anchor.Inputs.Select(value => value?.Producer is { } producer && inside.Contains(producer) && producer.Is("DequantizeLinear")
            ? OfQuantizer(producer, producer.Input(0)!) : null);
        var quantizers = unit.Nodes.Where(node => node.Is("QuantizeLinear")).Select(node => OfQuantizer(node, node.Output(0)!)).ToList();
        var outputs = quantizers.Count == 1 ? [quantizers[0]] : unit.Anchor.Outputs.Select(output => quantizers.Find(found => ReferenceEquals(found.Value.Producer!.Input(0), output)));
        return new UnitView(unit, UnitForm.Group, Canonical(unit.Anchor), [.. operands], [.. outputs]);
    }

    private static UnitView Plain(GraphUnit unit)
    {
        if (unit.Nodes.Length == 1 && unit.Anchor.Inputs.Count > 1 && (unit.Anchor.Is("QuantizeLinear") || unit.Anchor.Is("DequantizeLinear")))
        {
            return Border(unit, unit.Anchor);
        }

        var operands = unit.Anchor.Inputs.Select((value, index) => value is not null && (index == 0 || unit.Anchor.Is("Concat")) ? new Operand(value, null, null) : null);
        var outputs = unit.Anchor.Outputs.Select(value => value is null ? null : new Operand(value, null, null));
        return new UnitView(unit, UnitForm.Plain, Canonical(unit.Anchor), [.. operands], [.. outputs]);
    }

    private static UnitView Border(GraphUnit unit, Node node)
    {
        var (input, output, isIn) = (node.Input(0)!, node.Output(0)!, node.Is("QuantizeLinear"));
        var (real, integers) = (new Operand(isIn ? input : output, null, null), OfQuantizer(node, isIn ? output : input));
        return new UnitView(unit, UnitForm.Border, node.OpType, [isIn ? real : integers], isIn ? integers : real);
    }

    private static Operand OfQuantizer(Node node, Value value) =>
        new(value, node.Input(1), node.Input(2), (int)node.Attributes.Int("axis", 1));

    /// <summary>Operator of ai.onnx, or domain and operator.</summary>
    internal static string Canonical(Node node) => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
}
