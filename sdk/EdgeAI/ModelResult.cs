using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>The outputs of a run by place and by name, and what its steps took.</summary>
public sealed class ModelResult : IReadOnlyList<EdgeTensor>
{
    private readonly ImmutableArray<EdgeTensor> _outputs;

    private ModelResult(Plan plan, ImmutableArray<EdgeTensor> outputs, ImmutableArray<StepTrace> trace) =>
        (Plan, _outputs, Trace) = (plan, outputs, trace);

    /// <summary>The plan that was run: the one for the shapes of these inputs.</summary>
    public Plan Plan { get; }

    /// <summary>What each step of the plan took.</summary>
    public ImmutableArray<StepTrace> Trace { get; }

    /// <inheritdoc/>
    public int Count => _outputs.Length;

    /// <inheritdoc/>
    public EdgeTensor this[int index] => _outputs[index];

    /// <summary>The output of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public EdgeTensor this[string name]
    {
        get
        {
            for (var i = 0; i < _outputs.Length; i++)
            {
                if (Name(i) == name)
                {
                    return _outputs[i];
                }
            }

            throw new KeyNotFoundException($"There is no output '{name}'. The model has: {string.Join(", ", Enumerable.Range(0, Count).Select(Name))}.");
        }
    }

    /// <summary>The elements of the first output.</summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not its element type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged => _outputs[0].AsSpan<T>();

    /// <summary>The steps as a table: predicted, simulated and wall time in columns of their own.</summary>
    public string ExplainTrace()
    {
        var text = new StringBuilder("  step  device     predicted   simulated        wall      cycles\n");
        for (var i = 0; i < Trace.Length; i++)
        {
            var step = Trace[i];
            text.AppendLine(CultureInfo.InvariantCulture, $"  {i,4}  {Plan.DeviceName(i),-9} {PlanFormat.Time(step.PredictedSeconds),10}  {PlanFormat.Time(step.SimulatedSeconds),10}  {PlanFormat.Time(step.WallSeconds),10}  {(step.Cycles > 0 ? step.Cycles.ToString(CultureInfo.InvariantCulture) : "-"),10}");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public IEnumerator<EdgeTensor> GetEnumerator() => ((IEnumerable<EdgeTensor>)_outputs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static ModelResult Run(Executor executor, RunContext context, IReadOnlyList<EdgeTensor> inputs, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var texts = new List<DeviceBuffer>();
        try
        {
            for (var i = 0; i < inputs.Count; i++)
            {
                Feed(executor, context, i, inputs[i], texts);
            }

            context.Run(deadline, cancellationToken);
            var outputs = Enumerable.Range(0, executor.Plan.Outputs.Length).Select(index => Read(context, index));
            return new ModelResult(executor.Plan, [.. outputs], [.. context.Trace]);
        }
        finally
        {
            context.ReleaseInputs();
            texts.ForEach(text => text.Dispose());
        }
    }

    private static void Feed(Executor executor, RunContext context, int index, EdgeTensor tensor, List<DeviceBuffer> texts)
    {
        var isStructure = executor.Plan.Tensors[executor.Plan.Inputs[index]].Spec.Type == DataType.Undefined;
        if (tensor.Type != DataType.String && !isStructure)
        {
            var view = context.Input(index);
            view.Buffer!.Write(view.Offset, tensor.Bytes);
            return;
        }

        var packed = isStructure ? PackedValue.Encode(tensor.ToValue()) : PackedText.Encode([.. tensor.Strings]);
        var buffer = executor.Host.Allocate(packed.Length);
        texts.Add(buffer);
        buffer.Write(0, packed);
        context.BindInput(index, new BufferView(buffer));
    }

    private static EdgeTensor Read(RunContext context, int index)
    {
        if (context.LateOutput(index) is ({ } run, var place) && run is CpuRun cpu)
        {
            return Read(cpu.ReadOutput(place));
        }

        var spec = context.OutputSpec(index);
        var view = context.Output(index);
        var bytes = new byte[spec.ByteCount];
        view.Buffer!.Read(view.Offset, bytes);
        return EdgeTensor.FromBytes(spec.Type, spec.Shape, bytes);
    }

    private static EdgeTensor Read(OnnxValue value) => value switch
    {
        OnnxValue.Tensor tensor => EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.AsSpan()),
        OnnxValue.Texts texts => EdgeTensor.OfStrings(texts.Items, texts.Shape.ToArray()),
        _ => EdgeTensor.OfStructure(value),
    };

    private string Name(int index) => Plan.Tensors[Plan.Outputs[index]].Spec.Name;
}
