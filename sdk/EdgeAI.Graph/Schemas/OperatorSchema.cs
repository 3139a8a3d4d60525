using System.Collections.Immutable;
using EdgeAI.Graph.Inference;

namespace EdgeAI.Graph.Schemas;

/// <summary>
/// What is known of an operator over all its versions: operands, results, attributes (in the notation of
/// <see cref="SchemaText"/>) and its rules. The texts are read when first asked for.
/// </summary>
internal sealed class OperatorSchema(string name, params int[] since)
{
    private readonly Dictionary<long, OperatorSignature> _byVersion = [];
    private OperatorSignature? _latest;
    private ImmutableArray<AttributeSchema> _attributes;

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

    /// <summary>What must hold of a node's operands in a version before ONNX Runtime may see them; null for nothing.</summary>
    public Func<Node, long, IEnumerable<OperandNeed>>? Needs { get; init; }

    /// <summary>False for random numbers: the same operands give other results.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>The version that holds in an operator set, or 0 where the set is older than the operator.</summary>
    public int SinceVersion(long opset)
    {
        for (var i = Since.Length - 1; i >= 0; i--)
        {
            if (Since[i] <= opset)
            {
                return Since[i];
            }
        }

        return 0;
    }

    /// <summary>Operands in that operator set version.</summary>
    public ImmutableArray<OperandSchema> InputsAt(long version) => SignatureAt(version).Inputs;

    /// <summary>Results in that operator set version.</summary>
    public ImmutableArray<OperandSchema> OutputsAt(long version) => SignatureAt(version).Outputs;

    /// <summary>Operands and results in that operator set version. A model asks for one version only, so the latest is at hand without a lock.</summary>
    public OperatorSignature SignatureAt(long version)
    {
        if (Volatile.Read(ref _latest) is { } latest && latest.Version == version)
        {
            return latest;
        }

        lock (_byVersion)
        {
            if (!_byVersion.TryGetValue(version, out var signature))
            {
                _byVersion[version] = signature = Parse(version);
            }

            Volatile.Write(ref _latest, signature);
            return signature;
        }
    }

    /// <summary>How many operands a node has at least, in any version: empty names up to there must stand.</summary>
    public int LeastInputCount => Since.Max(version => LeastCount(InputsAt(version)));

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

    /// <inheritdoc/>
    public override string ToString() => Domain.Length == 0 ? Name : $"{Domain}.{Name}";

    private OperatorSignature Parse(long version)
    {
        var types = SchemaText.Types(Types);
        return new(version, Operands(Inputs), Operands(Outputs), types.Length);

        ImmutableArray<OperandSchema> Operands(string text) =>
            [.. SchemaText.Operands(text).Where(operand => operand.Versions.Contains(version)).Select(operand => Resolve(operand, types))];
    }

    private static OperandSchema Resolve(OperandSchema operand, ImmutableArray<(string Name, TypeSet Types)> variables)
    {
        for (var i = 0; i < variables.Length; i++)
        {
            if (variables[i].Name == operand.Type)
            {
                return operand with { Types = variables[i].Types, Variable = i };
            }
        }

        return operand with { Types = TypeSet.Parse(operand.Type) ?? TypeSet.Any };
    }

    private static int LeastCount(ImmutableArray<OperandSchema> operands)
    {
        var last = operands.Length - 1;
        while (last >= 0 && operands[last].Arity == OperandArity.Optional)
        {
            last--;
        }

        return last < 0 ? 0 : operands[last].Arity == OperandArity.Variadic ? last + operands[last].Least : last + 1;
    }
}
