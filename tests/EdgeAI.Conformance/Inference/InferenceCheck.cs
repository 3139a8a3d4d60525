using EdgeAI.Graph;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Conformance.Inference;

/// <summary>What inference says of values held against what a run gave: contradictions, and how much was known.</summary>
internal sealed class InferenceCheck(IReadOnlyDictionary<string, long> extents)
{
    private readonly Dictionary<string, long> _extents = new(extents, StringComparer.Ordinal);

    /// <summary>Values compared.</summary>
    public int Total { get; private set; }

    /// <summary>Values of which element type, rank and every extent (a number, or an expression of the inputs' extents) were known.</summary>
    public int Known { get; private set; }

    /// <summary>Operators and types of the others.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>Contradictions, a line each.</summary>
    public List<string> Contradictions { get; } = [];

    /// <summary>Compares every value of the main graph that a node makes.</summary>
    public void Compare(Model inferred, IReadOnlyDictionary<string, OnnxValue> observed)
    {
        foreach (var node in inferred.Graph.Nodes)
        {
            foreach (var value in node.Outputs.OfType<Value>().Where(value => observed.ContainsKey(value.Name)))
            {
                Total++;
                if (IsKnown(value.Type))
                {
                    Known++;
                }
                else
                {
                    Unknown.Add($"{node.OpType}{value.Type}");
                }

                if (Contradiction(value.Type, observed[value.Name]) is { } reason)
                {
                    Contradictions.Add($"{node}: '{value.Name}' is inferred as {value.Type}; {reason}");
                }
            }
        }
    }

    private static bool IsKnown(Graph.ValueType? type) => type switch
    {
        TensorType tensor => tensor.Element != DataType.Undefined && tensor.Shape.HasRank && tensor.Shape.All(extent => extent.IsKnown || extent.Symbol is not null),
        SequenceType sequence => sequence.Element is TensorType { Element: not DataType.Undefined } or MapType,
        OptionalType optional => IsKnown(optional.Element),
        MapType => true,
        _ => false,
    };

    private string? Contradiction(Graph.ValueType? said, OnnxValue real) => (said, real) switch
    {
        (null, _) => null,
        (OptionalType optional, _) => Contradiction(optional.Element, real),
        (TensorType tensor, OnnxValue.Tensor found) => Contradiction(tensor, found.Type, found.Shape),
        (TensorType tensor, OnnxValue.Texts found) => Contradiction(tensor, DataType.String, found.Shape),
        (SequenceType sequence, OnnxValue.Sequence found) => found.Items.Select(item => Contradiction(sequence.Element, item)).FirstOrDefault(reason => reason is not null),
        (MapType map, OnnxValue.Map found) => Contradiction(new TensorType(map.Key, Shape.Unknown), found.Keys),
        _ => $"the run gave a {real.GetType().Name}",
    };

    private string? Contradiction(TensorType said, DataType element, Shape shape)
    {
        var fits = (said.Element == DataType.Undefined || said.Element == element) && (!said.Shape.HasRank || said.Shape.Rank == shape.Rank);
        for (var axis = 0; axis < said.Shape.Rank && fits; axis++)
        {
            fits = Fits(said.Shape[axis], shape[axis].Value);
        }

        return fits ? null : $"the run gave {element}{shape}";
    }

    /// <summary>Names that no input has (of data-dependent extents) are bound where they are first met.</summary>
    private bool Fits(Dimension said, long real)
    {
        if (said.Symbol is not { } symbol)
        {
            return !said.IsKnown || said.Value == real;
        }

        var expression = SymbolicExpressionParser.Parse(symbol);
        if (expression?.Evaluate(name => _extents.TryGetValue(name, out var extent) ? extent : null) is { } value)
        {
            return value == real;
        }

        return !_extents.TryAdd(symbol, real) ? _extents[symbol] == real : true;
    }
}
