using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>
/// What a mutant is put through: read, written and read again, then the compiler's stages from upgrade to simplify, written and read again;
/// some also through the runtime. It may be refused by <see cref="ModelFormatException"/> at any point, while loading by any typed error;
/// everything else, and more time or memory than its size allows, is a finding.
/// </summary>
public sealed class ModelPipeline : IDisposable
{
    /// <summary>Processor time that every model may take, and per byte on top.</summary>
    public const double BaseMilliseconds = 2000, MillisecondsPerByte = 0.002, DeepBaseMilliseconds = 10_000;

    /// <summary>Managed bytes that every model may take, and per byte of the model on top.</summary>
    public const long BaseBytes = 96L << 20, BytesPerByte = 4000;

    private const string Load = "load";

    private static readonly (string Name, Action<PipelineState> Run)[] Stages =
    [
        ("process", _ => { }),
        ("read", state => state.Model = OnnxReader.Read(state.Bytes)),
        ("write", state => CheckStable(state.Model)),
        ("upgrade", state => ModelUpgrade.Run(state.Model)),
        ("inline", state => FunctionInlining.Run(state.Model)),
        ("verify", state => GraphVerifier.Verify(state.Model)),
        ("infer", state => ShapeInference.Infer(state.Model)),
        ("simplify", state => GraphRewrites.Simplify(state.Model)),
        ("write simplified", state => CheckSimplified(state.Model)),
        (Load, state => state.Runtime!.Run(state.Bytes)),
    ];

    private readonly RuntimePipeline? _runtime;

    /// <summary>The stages; where <paramref name="isDeep"/>, the runtime with ONNX Runtime and simulated devices is made ready.</summary>
    public ModelPipeline(bool isDeep) => _runtime = isDeep ? new RuntimePipeline() : null;

    /// <summary>Names of the stages; "process" is for what kills it.</summary>
    public static IEnumerable<string> StageNames => Stages.Select(stage => stage.Name);

    /// <summary>Puts a model through; where <paramref name="isDeep"/>, through the runtime too.</summary>
    public FuzzOutcome Run(ReadOnlyMemory<byte> bytes, bool isDeep = false)
    {
        var state = new PipelineState(bytes, isDeep ? _runtime : null);
        var started = Environment.CpuUsage.TotalTime;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (result, stage, detail) = RunStages(state);
        var milliseconds = (Environment.CpuUsage.TotalTime - started).TotalMilliseconds;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        (result, detail) = result == FuzzResult.Fault ? (result, detail)
            : milliseconds > (isDeep ? DeepBaseMilliseconds : BaseMilliseconds) + (bytes.Length * MillisecondsPerByte) ? (FuzzResult.TooSlow, $"most of it in {state.Longest.Stage}\n{milliseconds:0} ms for {bytes.Length} bytes; {detail}")
            : allocated > BaseBytes + (bytes.Length * BytesPerByte) ? (FuzzResult.TooLarge, $"most of it in {state.Largest.Stage}\n{allocated} bytes for {bytes.Length} bytes; {detail}")
            : (result, detail);
        return new FuzzOutcome(result, stage, detail, milliseconds, allocated);
    }

    /// <summary>The number of a stage.</summary>
    public static int StageNumber(string name) => Array.FindIndex(Stages, stage => stage.Name == name);

    /// <inheritdoc/>
    public void Dispose() => _runtime?.Dispose();

    private static (FuzzResult Result, string Stage, string Detail) RunStages(PipelineState state)
    {
        var stage = "";
        try
        {
            foreach (var (name, run) in Stages.Where(item => item.Name != Load || state.Runtime is not null))
            {
                stage = name;
                state.Measure(name, run);
            }

            return (FuzzResult.Passed, stage, "");
        }
        catch (EdgeException error) when (error is ModelFormatException || stage == Load)
        {
            return (FuzzResult.Refused, stage, error.Message);
        }
#pragma warning disable CA1031 // Any other error is what is looked for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return (FuzzResult.Fault, stage, error.ToString());
        }
    }

    /// <summary>What is written is read again, and writing that gives the same bytes.</summary>
    private static void CheckStable(Model model)
    {
        var first = OnnxWriter.ToBytes(model);
        var second = OnnxWriter.ToBytes(ReadAgain(first));
        if (!first.AsSpan().SequenceEqual(second))
        {
            throw new InvalidDataException($"Written twice, a model gives {first.Length} and {second.Length} bytes; they differ at byte {first.AsSpan().CommonPrefixLength(second)}.");
        }
    }

    private static void CheckSimplified(Model model)
    {
        CheckStable(model);
        var again = ReadAgain(OnnxWriter.ToBytes(model));
        try
        {
            GraphVerifier.Verify(again);
            ShapeInference.Infer(again);
        }
        catch (ModelFormatException error)
        {
            throw new InvalidDataException("What was written is not valid: " + error.Message, error);
        }
    }

    /// <summary>A model that was read and written must be readable.</summary>
    private static Model ReadAgain(byte[] bytes)
    {
        try
        {
            return OnnxReader.Read(bytes);
        }
        catch (ModelFormatException error)
        {
            throw new InvalidDataException("What was written cannot be read: " + error.Message, error);
        }
    }

    private sealed class PipelineState(ReadOnlyMemory<byte> bytes, RuntimePipeline? runtime)
    {
        public ReadOnlyMemory<byte> Bytes { get; } = bytes;

        public Model Model { get; set; } = null!;

        public RuntimePipeline? Runtime { get; } = runtime;

        /// <summary>The stage that took the most processor time.</summary>
        public (string Stage, TimeSpan Time) Longest { get; private set; }

        /// <summary>The stage that took the most managed memory.</summary>
        public (string Stage, long Bytes) Largest { get; private set; }

        public void Measure(string stage, Action<PipelineState> run)
        {
            var started = Environment.CpuUsage.TotalTime;
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                run(this);
            }
            finally
            {
                var (time, bytes) = (Environment.CpuUsage.TotalTime - started, GC.GetAllocatedBytesForCurrentThread() - before);
                Longest = time >= Longest.Time ? (stage, time) : Longest;
                Largest = bytes >= Largest.Bytes ? (stage, bytes) : Largest;
            }
        }
    }
}
