using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EdgeAI.Graph;

/// <summary>The value of an attribute; one sealed case per ONNX kind.</summary>
public abstract record AttributeValue
{
    /// <summary>A float.</summary>
    public sealed record Float(float Value) : AttributeValue;
    /// <summary>An integer.</summary>
    public sealed record Int(long Value) : AttributeValue;
    /// <summary>Bytes, mostly UTF-8 text.</summary>
    public sealed record Text(ReadOnlyMemory<byte> Value) : AttributeValue
    {
        /// <summary>The bytes read as UTF-8.</summary>
        public override string ToString() => Encoding.UTF8.GetString(Value.Span);
    }

    /// <summary>A tensor.</summary>
    public sealed record Tensor(ConstantTensor Value) : AttributeValue;
    /// <summary>A subgraph.</summary>
    public sealed record Graph(ModelGraph Value) : AttributeValue;
    /// <summary>A type.</summary>
    public sealed record Type(ValueType? Value) : AttributeValue;
    /// <summary>A sparse tensor, carried.</summary>
    public sealed record Sparse(SparseConstant Value) : AttributeValue;
    /// <summary>Floats.</summary>
    public sealed record Floats(ImmutableArray<float> Values) : AttributeValue;
    /// <summary>Integers.</summary>
    public sealed record Ints(ImmutableArray<long> Values) : AttributeValue;
    /// <summary>Texts, as bytes.</summary>
    public sealed record Texts(ImmutableArray<ReadOnlyMemory<byte>> Values) : AttributeValue;
    /// <summary>Tensors.</summary>
    public sealed record Tensors(ImmutableArray<ConstantTensor> Values) : AttributeValue;
    /// <summary>Subgraphs.</summary>
    public sealed record Graphs(ImmutableArray<ModelGraph> Values) : AttributeValue;
    /// <summary>Types.</summary>
    public sealed record Types(ImmutableArray<ValueType?> Values) : AttributeValue;
    /// <summary>Sparse tensors, carried.</summary>
    public sealed record Sparses(ImmutableArray<SparseConstant> Values) : AttributeValue;
    /// <summary>Stands for an attribute of the enclosing function.</summary>
    public sealed record Reference(string FunctionAttribute, int Kind) : AttributeValue;
}

/// <summary>A sparse tensor: its values, their indices and the dense shape. Carried, never computed on.</summary>
public sealed record SparseConstant(string Name, ConstantTensor Values, ConstantTensor Indices, ImmutableArray<long> Extents);

/// <summary>A name and a value.</summary>
public sealed record NodeAttribute(string Name, AttributeValue Value, string DocString = "");

/// <summary>The attributes of a node in file order, with typed look-ups that fall back to the operator's default.</summary>
public sealed class AttributeList(params IEnumerable<NodeAttribute> attributes) : IReadOnlyList<NodeAttribute>
{
    private readonly ImmutableArray<NodeAttribute> _items = [.. attributes];

    /// <summary>No attributes.</summary>
    public static AttributeList Empty { get; } = new();

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public NodeAttribute this[int index] => _items[index];

    /// <summary>The value of that name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out AttributeValue? value)
    {
        foreach (var item in _items)
        {
            if (item.Name == name)
            {
                value = item.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>True when there is an attribute of that name.</summary>
    public bool Contains(string name) => TryGet(name, out _);

    /// <summary>An integer, or the fallback where it is absent.</summary>
    /// <exception cref="ModelFormatException">The attribute is there but of another kind (also the other look-ups).</exception>
    public long Int(string name, long fallback) => Find<AttributeValue.Int>(name)?.Value ?? fallback;

    /// <summary>A float, or the fallback.</summary>
    public float Float(string name, float fallback) => Find<AttributeValue.Float>(name)?.Value ?? fallback;

    /// <summary>A text, or the fallback.</summary>
    public string Text(string name, string fallback) => Find<AttributeValue.Text>(name)?.ToString() ?? fallback;

    /// <summary>Integers, or default (IsDefault) where absent.</summary>
    public ImmutableArray<long> Ints(string name) => Find<AttributeValue.Ints>(name)?.Values ?? default;

    /// <summary>Floats, or default (IsDefault) where absent.</summary>
    public ImmutableArray<float> Floats(string name) => Find<AttributeValue.Floats>(name)?.Values ?? default;

    /// <summary>A tensor, or null.</summary>
    public ConstantTensor? Tensor(string name) => Find<AttributeValue.Tensor>(name)?.Value;

    /// <summary>A subgraph, or null.</summary>
    public ModelGraph? Graph(string name) => Find<AttributeValue.Graph>(name)?.Value;

    /// <summary>The same list with one attribute added or replaced.</summary>
    public AttributeList With(string name, AttributeValue value) =>
        new([.. _items.Where(item => item.Name != name), new NodeAttribute(name, value)]);

    /// <summary>The same list without that name.</summary>
    public AttributeList Without(string name) => new([.. _items.Where(item => item.Name != name)]);

    /// <inheritdoc/>
    public IEnumerator<NodeAttribute> GetEnumerator() => ((IEnumerable<NodeAttribute>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T? Find<T>(string name)
        where T : AttributeValue =>
        !TryGet(name, out var value) ? null
        : value as T ?? throw new ModelFormatException($"Attribute '{name}' is a {value.GetType().Name}; expected a {typeof(T).Name}.");
}
