using System.Collections.Immutable;
using EdgeAI.Graph.Inference;

namespace EdgeAI.Graph.Schemas;

/// <summary>
/// What is known of an operator over all its versions: operands, results, attributes (in the notation of
/// <see cref="SchemaText"/>) and its rules. The texts are read when first asked for.
/// </summary>
internal sealed class OperatorSchema(string name, params int[] since)
{
    private readonly Dictionary<long, (ImmutableArray<OperandSchema> Inputs, ImmutableArray<OperandSchema> Outputs)> _byVersion = [];
    private ImmutableArray<OperandSchema> _inputs;
    private ImmutableArray<OperandSchema> _outputs;
    private ImmutableArray<AttributeSchema> _attributes;
    private ImmutableDictionary<string, TypeSet>? _types;

    /// <summary>Operator set: "" for ai.onnx.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Operator.</summary>
    public string Name { get; } = name;

    /// <summary>Versions of the operator set that changed it, ascending.</summary>
    public ImmutableArray<int> Since { get; } = [.. since];

    /// <summary>Operands.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>Results.</summary>
    public string Outputs { get; init; } = "";

    /// <summary>Type variables.</summary>
    public string Types { get; init; } = "";

    /// <summary>Attributes.</summary>
    public string Attributes { get; init; } = "";

    /// <summary>Sets the results' types (and small integer results) from the operands' types.</summary>
    public required Action<InferenceContext> Infer { get; init; }

    /// <summary>Integer arithmetic on shape values; called after <see cref="Infer"/>.</summary>
    public Action<InferenceContext>? Propagate { get; init; }

    /// <summary>For operators that only move elements of operand 0: where each element of result 0 comes from; null where that is not known.</summary>
    public Func<InferenceContext, IndexMap?>? Map { get; init; }

    /// <summary>Computes result 0 of a node whose operands are all constants; null where it does not.</summary>
    public Func<InferenceContext, ConstantTensor?>? Evaluate { get; init; }

    /// <summary>False for random numbers: the same operands give other results.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>The version that holds in an operator set, or 0 where the set is older than the operator.</summary>
    public int SinceVersion(long opset) => Since.LastOrDefault(version => version <= opset);

    /// <summary>Operands in that operator set version.</summary>
    public ImmutableArray<OperandSchema> InputsAt(long version) => At(version).Inputs;

    /// <summary>Results in that operator set version.</summary>
    public ImmutableArray<OperandSchema> OutputsAt(long version) => At(version).Outputs;

    /// <summary>All attributes, of all versions.</summary>
    public ImmutableArray<AttributeSchema> AllAttributes
    {
        get
        {
            if (_attributes.IsDefault)
            {
                _attributes = SchemaText.Attributes(Attributes);
            }

            return _attributes;
        }
    }

    /// <summary>The attribute of that name in that version, or null.</summary>
    public AttributeSchema? Attribute(string name, long version)
    {
        foreach (var attribute in AllAttributes)
        {
            if (attribute.Name == name && attribute.Versions.Contains(version))
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>The element types that an operand's type text stands for.</summary>
    public TypeSet TypesOf(OperandSchema operand) =>
        TypeVariables.TryGetValue(operand.Type, out var set) ? set : TypeSet.Parse(operand.Type) ?? TypeSet.Parse("any")!.Value;

    /// <summary>True where the type text is a variable, which all its operands share.</summary>
    public bool IsVariable(string type) => TypeVariables.ContainsKey(type);

    /// <inheritdoc/>
    public override string ToString() => Domain.Length == 0 ? Name : $"{Domain}.{Name}";

    private ImmutableDictionary<string, TypeSet> TypeVariables => _types ??= SchemaText.Types(Types);

    private (ImmutableArray<OperandSchema> Inputs, ImmutableArray<OperandSchema> Outputs) At(long version)
    {
        lock (_byVersion)
        {
            if (!_byVersion.TryGetValue(version, out var found))
            {
                _inputs = _inputs.IsDefault ? SchemaText.Operands(Inputs) : _inputs;
                _outputs = _outputs.IsDefault ? SchemaText.Operands(Outputs) : _outputs;
                found = ([.. _inputs.Where(item => item.Versions.Contains(version))], [.. _outputs.Where(item => item.Versions.Contains(version))]);
                _byVersion[version] = found;
            }

            return found;
        }
    }
}
