using System.Collections.Immutable;

namespace EdgeAI.Graph;

/// <summary>A function that the model defines for itself; nodes of that domain and name call it.</summary>
public sealed record ModelFunction(
    string Domain, string Name, string Overload, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs,
    ImmutableArray<string> Attributes, ImmutableArray<NodeAttribute> AttributeDefaults,
    ImmutableSortedDictionary<string, long> OpsetImports, ModelGraph Body, string DocString = "");

/// <summary>A model: its main graph, and what its file says about it.</summary>
public sealed class Model
{
    /// <summary>A model of one graph, which is then this model's.</summary>
    public Model(ModelGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        (Graph, graph.Model) = (graph, this);
    }

    /// <summary>The main graph.</summary>
    public ModelGraph Graph { get; }

    /// <summary>Version of the file format.</summary>
    public long IrVersion { get; set; } = 10;

    /// <summary>Operator set versions by domain; "" is ai.onnx.</summary>
    public SortedDictionary<string, long> OpsetImports { get; } = new(StringComparer.Ordinal);

    /// <summary>Tool that wrote the model.</summary>
    public string ProducerName { get; set; } = "";

    /// <summary>Its version.</summary>
    public string ProducerVersion { get; set; } = "";

    /// <summary>Reverse-DNS name of the model's owner.</summary>
    public string Domain { get; set; } = "";

    /// <summary>Version of the model itself.</summary>
    public long ModelVersion { get; set; }

    /// <summary>Text that came with the model.</summary>
    public string DocString { get; set; } = "";

    /// <summary>Free-form properties, in file order.</summary>
    public IList<KeyValuePair<string, string>> Metadata { get; } = [];

    /// <summary>Functions that the model defines.</summary>
    public IList<ModelFunction> Functions => FunctionList;

    internal FunctionList FunctionList { get; } = [];

    /// <summary>Version of a domain that the model uses; 0 where it does not import it.</summary>
    public long Opset(string domain) => OpsetImports.GetValueOrDefault(domain is "ai.onnx" ? "" : domain);
}
