using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Quantization;

namespace EdgeAI;

/// <summary>
/// Quantizes ONNX models on this machine's processor.
/// <code>
/// using var quantizer = new ModelQuantizer();
/// var result = quantizer.Quantize("keyword.onnx", samples);
/// OnnxWriter.Write(result.Model, "keyword_int8.onnx");
/// </code>
/// </summary>
public sealed class ModelQuantizer : IDisposable
{
    private readonly CpuDevice _calibration;
    private readonly CpuDevice _cpu;

    /// <summary>Folds constants node by node, as ONNX Runtime does itself: fused, they would get other bits.</summary>
    private readonly CpuDevice _folding;

    /// <summary>A quantizer with a CPU device of its own.</summary>
    /// <param name="options">How the float model is run in calibration; null: node by node as it is written, as ONNX Runtime's quantizer runs it.</param>
    /// <exception cref="DeviceUnavailableException">ONNX Runtime's native library is not there.</exception>
    public ModelQuantizer(CpuOptions? options = null)
    {
        _calibration = new CpuDevice(options ?? new CpuOptions { Optimization = GraphOptimization.None });
        _cpu = new CpuDevice(new CpuOptions { Threads = _calibration.Options.Threads });
        _folding = new CpuDevice(_calibration.Options with { Optimization = GraphOptimization.None });
        Core = new StaticQuantizer(model => new CpuModelSession(_calibration, model), CpuEvaluator.Create(_folding), Load);
    }

    /// <summary>The quantizer itself, for models in memory.</summary>
    public StaticQuantizer Core { get; }

    /// <summary>Calibrates and quantizes a file's model.</summary>
    /// <param name="path">The float model.</param>
    /// <param name="samples">For each sample a tensor per input, in order.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="QuantizationException">No samples, samples that do not fit, or nothing that can be quantized.</exception>
    /// <exception cref="ModelFormatException">The file is no valid ONNX model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public QuantizationResult Quantize(
        string path, IEnumerable<IReadOnlyList<EdgeTensor>> samples, QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return Core.Quantize(OnnxReader.Read(path), samples.Select(sample => (IReadOnlyList<ConstantTensor>)[.. sample.Select(tensor => tensor.ToConstant())]), options, progress, cancellationToken);
        }
        catch (ModelFormatException error)
        {
            throw error.In(path);
        }
        catch (QuantizationException error)
        {
            throw new QuantizationException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Loads a model in memory as ONNX Runtime runs it at its best, for scoring.</summary>
    /// <exception cref="ExecutableFormatException">ONNX Runtime refuses the model.</exception>
    public ModelSession Load(Model model) => new CpuModelSession(_cpu, model);

    /// <inheritdoc/>
    public void Dispose()
    {
        _calibration.Dispose();
        _cpu.Dispose();
        _folding.Dispose();
    }
}
