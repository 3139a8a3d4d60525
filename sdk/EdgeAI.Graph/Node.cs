namespace EdgeAI.Graph;

/// <summary>One operation. Changed only through its graph (and by patches), so that producers and consumers stay true.</summary>
public sealed class Node
{
    private AttributeList _attributes;
    private int _lastReplaced;

    internal Node(ModelGraph graph, string domain, string opType, string name, Value?[] inputs, Value?[] outputs, AttributeList attributes) =>
        (Graph, Domain, OpType, Name, InputArray, OutputArray, _attributes) = (graph, domain, opType, name, inputs, outputs, attributes);

    /// <summary>The graph that it stands in.</summary>
    public ModelGraph Graph { get; }

    /// <summary>Operator set: "" for ai.onnx, "com.microsoft", "ai.onnx.ml" …</summary>
    public string Domain { get; }

    /// <summary>Operator, for example "Conv".</summary>
    public string OpType { get; }

    /// <summary>The node's name; may be empty and need not be unique in files, is made unique and not empty when read.</summary>
    public string Name { get; internal set; }

    /// <summary>Operands; null where an optional one is left out.</summary>
    public IReadOnlyList<Value?> Inputs => InputArray;

    /// <summary>Results; null where an optional one is left out.</summary>
    public IReadOnlyList<Value?> Outputs => OutputArray;

    /// <summary>Attributes in file order.</summary>
    public AttributeList Attributes
    {
        get => _attributes;
        set
        {
            ReleaseBodies();
            _attributes = value;
            HoldBodies();
        }
    }

    /// <summary>Text that came with the model.</summary>
    public string DocString { get; set; } = "";

    /// <summary>Free-form properties, in file order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; set; } = [];

    /// <summary>Overload of a model-local function; mostly empty.</summary>
    public string Overload { get; set; } = "";

    /// <summary>The operand at that place, or null where it is left out or the list is shorter.</summary>
    public Value? Input(int index) => index < InputArray.Length ? InputArray[index] : null;

    /// <summary>The result at that place, or null.</summary>
    public Value? Output(int index) => index < OutputArray.Length ? OutputArray[index] : null;

    /// <summary>True for that operator of ai.onnx.</summary>
    public bool Is(string opType) => OpType == opType && Domain.Length == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{(Domain.Length == 0 ? "" : Domain + ".")}{OpType} '{Name}'";

    internal Value?[] InputArray { get; }

    internal Value?[] OutputArray { get; }

    /// <summary>Lets the graphs in its attributes, which stand in its own graph, know whose they are.</summary>
    internal void HoldBodies()
    {
        foreach (var body in ShapeInference.Subgraphs(this))
        {
            if (ReferenceEquals(body.Parent, Graph))
            {
                body.Holder = this;
            }
        }
    }

    /// <summary>The graphs in its attributes are nobody's, as far as another node has not taken them.</summary>
    internal void ReleaseBodies()
    {
        foreach (var body in ShapeInference.Subgraphs(this))
        {
            if (ReferenceEquals(body.Holder, this))
            {
                body.Holder = null;
            }
        }
    }

    /// <summary>Grows along the graph's order, with gaps; negative once the node has been taken out.</summary>
    internal long Position { get; set; } = -1;

    /// <summary>
    /// Puts a value in the places of another, of which there are so many. They are sought from the last place found on: operands of a
    /// long node are mostly replaced one after the other.
    /// </summary>
    internal void ReplaceInputs(Value old, Value replacement, int times)
    {
        for (var (left, index) = (InputArray.Length, _lastReplaced); times > 0 && left > 0; left--, index++)
        {
            index = index < InputArray.Length ? index : 0;
            if (ReferenceEquals(InputArray[index], old))
            {
                (InputArray[index], _lastReplaced) = (replacement, index);
                replacement.AddConsumer(this);
                times--;
            }
        }
    }
}
