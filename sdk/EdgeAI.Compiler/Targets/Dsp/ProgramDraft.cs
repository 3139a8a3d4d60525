using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>Instructions in the making: they address buffers whose place in memory is not known yet.</summary>
internal sealed class ProgramDraft
{
    private readonly List<DraftBuffer> _buffers = [];
    private readonly List<Instruction> _instructions = [];
    private readonly List<ConstantBlob> _constants = [];
    private readonly List<SourceRange> _sources = [];
    private readonly Dictionary<Value, TensorView> _constantViews = [];

    public IReadOnlyList<DraftBuffer> Buffers => _buffers;

    public IReadOnlyList<Instruction> Instructions => _instructions;

    public IReadOnlyList<ConstantBlob> Constants => _constants;

    public IReadOnlyList<SourceRange> Sources => _sources;

    /// <summary>A tensor that the program makes.</summary>
    public TensorView Allocate(DataType type, ImmutableArray<long> extents) =>
        new(Add(new DraftBuffer(_buffers.Count, type.ByteCount(InstructionTiming.Product(extents)))), type, extents);

    /// <summary>An input of the executable.</summary>
    public TensorView Input(Value value, int index)
    {
        var extents = Extents(value);
        var byteCount = value.Element.ByteCount(InstructionTiming.Product(extents));
        return new(Add(new DraftBuffer(_buffers.Count, byteCount) { InputIndex = index }), value.Element, extents);
    }

    /// <summary>A constant of the model, in place.</summary>
    public TensorView Constant(Value value)
    {
        if (!_constantViews.TryGetValue(value, out var view))
        {
            view = Constant(value.Name, value.Constant!.Type, Extents(value), value.Constant.Data);
            _constantViews.Add(value, view);
        }

        return view;
    }

    /// <summary>A constant that the compiler made.</summary>
    public TensorView Constant(string name, DataType type, ImmutableArray<long> extents, ReadOnlyMemory<byte> data)
    {
        var buffer = Add(new DraftBuffer(_buffers.Count, data.Length) { ConstantIndex = _constants.Count });
        _constants.Add(new ConstantBlob($"{_constants.Count}:{name}", data));
        return new(buffer, type, extents);
    }

    public void Emit(Instruction instruction) => _instructions.Add(instruction);

    /// <summary>Notes that the instructions since <paramref name="start"/> come from a node.</summary>
    public void Note(int start, string node)
    {
        if (_instructions.Count > start)
        {
            _sources.Add(new SourceRange(start, _instructions.Count, node));
        }
    }

    /// <summary>Extents of a value whose shape is static.</summary>
    public static ImmutableArray<long> Extents(Value value) => [.. value.Shape.ToArray()];

    private DraftBuffer Add(DraftBuffer buffer)
    {
        _buffers.Add(buffer);
        return buffer;
    }
}
