using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>The whole way of a mutant: loaded for the CPU and for the simulated devices, its plan written and read, and run once on small inputs.</summary>
internal sealed class RuntimePipeline : IDisposable
{
    private const long LargestRun = 1 << 20;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("edgeai-fuzz-").FullName, "model.onnx");
    private readonly EdgeRuntime[] _runtimes = [DeviceSet.Cpu.Create(), DeviceSet.Accelerated.Create()];

    public void Run(ReadOnlyMemory<byte> bytes)
    {
        File.WriteAllBytes(_path, bytes.ToArray());
        foreach (var runtime in _runtimes)
        {
            using var model = runtime.Load(_path);
            CheckPlan(model.Plan);
            RunOnce(model);
        }
    }

    public void Dispose()
    {
        foreach (var runtime in _runtimes)
        {
            runtime.Dispose();
        }

        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    private static void CheckPlan(Plan plan)
    {
        var written = PlanWriter.ToBytes(plan);
        if (!written.AsSpan().SequenceEqual(PlanWriter.ToBytes(PlanReader.Read(written))))
        {
            throw new InvalidDataException("A plan written twice gives other bytes.");
        }
    }

    private static void RunOnce(EdgeModel model)
    {
        if (model.Inputs.Concat(model.Outputs).All(IsSmall))
        {
            model.Run([.. ModelFeeds.Random(model.Inputs, new Dictionary<string, long>())]);
        }
    }

    private static bool IsSmall(TensorSpec spec)
    {
        var count = spec.Shape.Dimensions.Aggregate((Int128)1, (product, extent) => Int128.Min(product * (extent.IsKnown ? extent.Value : 1), long.MaxValue));
        return count <= LargestRun && spec.Type is DataType.Float32 or DataType.Float64 or DataType.Float16 or DataType.UInt8 or DataType.Int8 or DataType.Boolean or DataType.Int32 or DataType.Int64;
    }
}
