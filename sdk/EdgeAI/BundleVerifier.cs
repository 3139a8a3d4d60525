using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>
/// Holds a plan from a file to what holds for a model from a file: its memory is bounded, and ONNX Runtime gets no code that reader
/// and verifier would refuse. Other formats are verified by their devices.
/// </summary>
internal static class BundleVerifier
{
    /// <exception cref="ExecutableFormatException">It is not what the compiler writes; the message names the executable.</exception>
    public static void Verify(Plan plan, EdgeRuntime runtime, LoadOptions options)
    {
        var bytes = plan.Devices.Aggregate(Int128.Zero, (sum, device) => sum + device.ArenaByteCount);
        if (bytes > options.MaxPlanBytes)
        {
            throw new ExecutableFormatException($"Plan: its tensors take {bytes:N0} bytes; at most {options.MaxPlanBytes:N0} are allowed (MaxPlanBytes). Give a larger limit if the file is trusted.");
        }

        for (var i = 0; i < plan.Executables.Length; i++)
        {
            if (plan.Executables[i].Executable is { Format: CpuDevice.Format } executable)
            {
                Verify(executable, $"Plan: executable {i} ({plan.Executables[i].Nodes[0]} …)", runtime, options);
            }
        }
    }

    private static void Verify(Executable executable, string place, EdgeRuntime runtime, LoadOptions options)
    {
        try
        {
            var model = OnnxReader.Read(executable.Code, options.Reading);
            AttachConstants(model.Graph, executable);
            BindInputs(model, executable);
            var compiler = new ModelCompiler(runtime.CompilerOptions(options) with { Accelerators = [], OnStage = null, StopAfter = "size" });
            var state = compiler.Compile(model, "code");
            MemoryLimit.Check(state);
            Require(!state.NeedsGuards, "it lacks guards against what ONNX Runtime does not survive");
            Require(!state.IsUpgraded, "it is of an operator set that the compiler lifts");
        }
        catch (Exception error) when (error is ModelFormatException or PlacementFailedException or OverflowException)
        {
            throw new ExecutableFormatException($"{place}: its ONNX code is refused: {error.Message}", error);
        }
    }

    /// <summary>Constants that lie beside the code are inputs in it, of the type that the elements must have.</summary>
    private static void AttachConstants(ModelGraph graph, Executable executable)
    {
        foreach (var constant in executable.Constants)
        {
            var input = graph.Inputs.FirstOrDefault(input => input.Name == constant.Name);
            Require(input is { Constant: null, Tensor: { Shape.IsStatic: true } type } && type.Element.IsFixedSize(), $"constant '{constant.Name}' is no input of static shape");
            var tensor = input!.Tensor!;
            // In floating point first, where no product overflows.
            var bits = tensor.Shape.Aggregate((double)tensor.Element.BitCount(), (product, extent) => product * extent.Value);
            Require(bits < long.MaxValue && tensor.Element.ByteCount(tensor.Shape.ElementCount) == constant.Data.Length, $"constant '{constant.Name}' has {constant.Data.Length} bytes; expected those of {tensor}");
            graph.RemoveInput(input);
            graph.SetConstant(input, new ConstantTensor(tensor.Element, tensor.Shape, constant.Data));
        }
    }

    private static void BindInputs(Model model, Executable executable)
    {
        Require(executable.Signature.Inputs.DistinctBy(input => input.Name).Count() == executable.Signature.Inputs.Length, "its signature has an input twice");
        var declared = executable.Signature.Inputs.ToDictionary(input => input.Name);
        foreach (var input in model.Graph.Inputs.Where(input => input.Constant is null))
        {
            Require(declared.ContainsKey(input.Name), $"its input '{input.Name}' is not in the signature");
        }

        var bound = model.Graph.Inputs.Where(input => input.Constant is null && input.Type is TensorType or null);
        ShapeInference.BindInputShapes(model, bound.ToDictionary(input => input.Name, input => declared[input.Name].Shape));
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new ModelFormatException(problem);
        }
    }
}
