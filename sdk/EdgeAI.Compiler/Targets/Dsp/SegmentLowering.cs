using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>Lowers a run of nodes into one program.</summary>
internal sealed class SegmentLowering
{
    private readonly Dictionary<Value, TensorView> _views = [];
    private readonly IReadOnlyList<Value> _outputs;
    private readonly HashSet<Value> _outputSet;
    private readonly HashSet<Node> _nodes;
    private FusedGroup? _group;
    private ImmutableArray<Node> _noted = [];

    private SegmentLowering(Model? model, IEnumerable<Node> nodes, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs)
    {
        (Model, _nodes, _outputs, _outputSet) = (model, [.. nodes], outputs, [.. outputs]);
        for (var i = 0; i < inputs.Count; i++)
        {
            _views[inputs[i]] = Draft.Input(inputs[i], i);
        }
    }

    /// <summary>The model, for operator set versions; null when a unit is lowered for itself.</summary>
    public Model? Model { get; }

    public ProgramDraft Draft { get; } = new();

    /// <summary>The executable of these nodes, which must all have passed the constraints.</summary>
    public static (Executable Executable, DspImage Image) Lower(
        Model? model, IEnumerable<Node> nodes, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs, DspConfiguration configuration)
    {
        var lowering = new SegmentLowering(model, nodes, inputs, outputs);
        foreach (var node in nodes)
        {
            lowering.Lower(node);
        }

        lowering.Flush();
        var image = MemoryAssignment.Assign(lowering.Draft, lowering.OutputBuffers(), configuration);
        var signature = new ExecutableSignature([.. inputs.Select(Spec)], [.. outputs.Select(Spec)]);
        return (new Executable(DspImage.Format, signature, image.ToBytes(), [.. lowering.Draft.Constants], [.. lowering.Draft.Sources]), image);
    }

    /// <summary>Where a value lies that has been made, fed or is constant.</summary>
    public TensorView View(Value value) =>
        _views.TryGetValue(value, out var view) ? view
        : value.Constant is not null ? Draft.Constant(value)
        : throw new InvalidOperationException($"Value '{value.Name}' is read before it is made.");

    /// <summary>Memory for a value that is about to be made.</summary>
    public TensorView Allocate(Value value) => _views[value] = Draft.Allocate(value.Element, ProgramDraft.Extents(value));

    /// <summary>Gives a value the bytes of another tensor, under its own shape.</summary>
    public void Alias(Value value, TensorView view) => _views[value] = view with { Extents = ProgramDraft.Extents(value) };

    public bool IsOutput(Value value) => _outputSet.Contains(value);

    /// <summary>True for the nodes that are lowered here.</summary>
    public bool IsInside(Node node) => _nodes.Contains(node);

    /// <summary>The open group when the node can join it, else a new one.</summary>
    public FusedGroup GroupFor(Node node) => GroupFor(node, ProgramDraft.Extents(node.Output(0)!));

    /// <summary>The same for a node that runs over the elements of an input.</summary>
    public FusedGroup GroupFor(Node node, ImmutableArray<long> extents)
    {
        if (_group is null || !_group.CanTake(node, extents))
        {
            Flush();
            _group = new FusedGroup(this, extents);
        }

        return _group;
    }

    /// <summary>Ends the open group; afterwards every value made so far has a view.</summary>
    public void Flush()
    {
        var group = _group;
        _group = null;
        group?.Finish();
    }

    /// <summary>Takes the open group away from further nodes; whoever calls this finishes it.</summary>
    public void Close() => _group = null;

    /// <summary>Emits an instruction that stems from these nodes.</summary>
    public void Emit(Instruction instruction, IReadOnlyList<Node> nodes)
    {
        Draft.Emit(instruction);
        Draft.Note(Draft.Instructions.Count - 1, string.Join(" + ", nodes.Select(node => node.Name)));
    }

    /// <summary>Emits an instruction of the node that is being lowered.</summary>
    public void Emit(Instruction instruction) => Emit(instruction, _noted);

    private void Lower(Node node)
    {
        _noted = [node];
        var lowering = OperatorTable.Find(node) ?? throw new InvalidOperationException($"{node} has no lowering.");
        if (lowering is not (ElementwiseLowering or Lowering.ReduceLowering))
        {
            Flush();
        }

        lowering.Lower(node, this);
    }

    /// <summary>The buffers of the outputs. An output that shares its bytes with an input, a constant or another output is copied.</summary>
    private List<DraftBuffer> OutputBuffers()
    {
        var buffers = new List<DraftBuffer>();
        foreach (var output in _outputs)
        {
            var view = View(output);
            if (!view.Buffer.IsTemporary || buffers.Contains(view.Buffer))
            {
                _noted = output.Producer is { } producer ? [producer] : [];
                var copy = Draft.Allocate(view.Type, view.Extents);
                Lowering.Copies.Flat(this, view, copy);
                view = copy;
            }

            buffers.Add(view.Buffer);
        }

        return buffers;
    }

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);
}
