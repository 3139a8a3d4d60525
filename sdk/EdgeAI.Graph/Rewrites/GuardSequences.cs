using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// ConcatFromSequence does not compare the rank of a tensor without elements, and asks it for an axis that it may not have. Where the
/// ranks are not known, a Loop compares them before, and the sequence is read only behind it. One for each use: what it has guarded once it leaves alone.
/// </summary>
internal sealed class GuardSequences : GraphRewrite
{
    private readonly HashSet<Node> _done = [];

    public override string Name => "guard-sequences";

    protected internal override ImmutableArray<string> Operators => ["ConcatFromSequence"];

    /// <summary>True for nodes that join tensors of unknown rank.</summary>
    public static bool IsOpen(Node node) =>
        node.Is("ConcatFromSequence") && node.Attributes.Int("new_axis", 0) == 0
        && node.Input(0)?.Type is not SequenceType { Element: TensorType { Shape.HasRank: true } };

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!IsOpen(node) || !_done.Add(node))
        {
            return null;
        }

        var sequence = node.Inputs[0]!;
        var item = (sequence.Type as SequenceType)?.Element;
        var patch = new GraphPatch(Name, node.Graph);
        var zero = patch.AddConstant("", ConstantTensor.Of(Shape.Scalar, 0L));
        var length = patch.AddResult("SequenceLength", zero.Type, sequence);
        var checkedZero = patch.AddValue("", zero.Type);
        patch.AddNode("Loop", [length, null, zero], [checkedZero], new AttributeList(new NodeAttribute("body", new AttributeValue.Graph(Comparison(node.Graph, sequence, item)))));
        var longer = patch.AddResult("SequenceInsert", sequence.Type, sequence, patch.AddResult("SequenceAt", item, sequence, zero), checkedZero);
        patch.ReplaceInput(node, 0, patch.AddResult("SequenceErase", sequence.Type, longer, checkedZero));
        return patch;
    }

    /// <summary>Hands a 0 on as long as a tensor has the rank of the first; a Gather out of bounds ends the run where one has not.</summary>
    private static ModelGraph Comparison(ModelGraph parent, Value sequence, ValueType? item)
    {
        var body = new ModelGraph("compare_ranks", parent);
        var number = new TensorType(DataType.Int64, Shape.Scalar);
        var flag = new TensorType(DataType.Boolean, Shape.Scalar);
        var (index, condition, carried) = (body.AddValue("index", number), body.AddValue("condition", flag), body.AddValue("carried", number));
        foreach (var input in (Value[])[index, condition, carried])
        {
            body.AddInput(input);
        }

        var first = RankOf(body.AddConstant("first", ConstantTensor.Of(Shape.Scalar, 0L)));
        var isOther = AddOf("Not", flag, AddOf("Equal", flag, first, RankOf(index)));
        var place = body.AddValue("place", number);
        body.AddNode("Cast", [isOther], [place], new AttributeList(new NodeAttribute("to", new AttributeValue.Int((long)DataType.Int64))));
        body.AddOutput(AddOf("Identity", flag, condition));
        body.AddOutput(AddOf("Gather", number, body.AddConstant("only", ConstantTensor.Of(new Shape(1L), 0L)), place));
        return body;

        Value RankOf(Value at) => AddOf("Size", number, AddOf("Shape", new TensorType(DataType.Int64, new([Dimension.Unknown])), AddOf("SequenceAt", item, sequence, at)));

        Value AddOf(string opType, ValueType? type, params Value[] inputs)
        {
            var result = body.AddValue(body.UniqueValueName("of_" + opType), type);
            body.AddNode(opType, inputs, [result]);
            return result;
        }
    }
}
