using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Nodes;

/// <summary>What came of a case.</summary>
internal enum NodeOutcome
{
    /// <summary>All outputs as expected.</summary>
    Pass,
    /// <summary>Some output is not.</summary>
    Differs,
    /// <summary>A typed error.</summary>
    Refused,
    /// <summary>An error of a type that no user should see: a defect.</summary>
    Broken,
    /// <summary>Inputs or outputs are no dense tensors: not fed by this test.</summary>
    NotFed,
}

/// <summary>A result with its reason, and the devices that ran something.</summary>
internal sealed record NodeResult(string Case, NodeOutcome Outcome, string Reason, ImmutableArray<string> Devices);

/// <summary>One of ONNX's node cases: a model of mostly one node, inputs, and expected outputs.</summary>
internal sealed class NodeCase(string folder)
{
    public string Name => Path.GetFileName(folder);

    /// <summary>Runs the case on a runtime's devices.</summary>
    public NodeResult Run(EdgeRuntime runtime)
    {
        ImmutableArray<string> devices = [];
        try
        {
            if (Tensors("input") is not { } inputs || Tensors("output") is not { } outputs)
            {
                return new(Name, NodeOutcome.NotFed, "sequence, optional or text of several kinds", []);
            }

            using var model = runtime.Load(Path.Combine(folder, "model.onnx"));
            var feeds = inputs.Select(Feed).ToList();
            var result = model.Run(feeds);
            devices = DevicesOf(result);
            var reasons = result.Zip(outputs, Difference).OfType<string>().ToList();
            return result.Count != outputs.Count ? new(Name, NodeOutcome.Differs, $"{result.Count} outputs; expected {outputs.Count}", devices)
                : reasons.Count > 0 ? new(Name, NodeOutcome.Differs, reasons[0], devices)
                : new(Name, NodeOutcome.Pass, "", devices);
        }
        catch (EdgeException error)
        {
            return new(Name, NodeOutcome.Refused, OneLine(error), devices);
        }
        catch (Exception error)
        {
            return new(Name, NodeOutcome.Broken, OneLine(error), devices);
        }
    }

    private static string OneLine(Exception error) => $"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" ");

    private static ImmutableArray<string> DevicesOf(ModelResult result) =>
        [.. result.Plan.Executables.Select(executable => result.Plan.Devices[executable.Device].Id).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The tensors of the first data set in order; null where one of them is no tensor.</summary>
    private List<ConstantTensor>? Tensors(string role)
    {
        var tensors = new List<ConstantTensor>();
        for (var i = 0; File.Exists(PathOf(role, i)); i++)
        {
            try
            {
                tensors.Add(OnnxReader.ReadTensor(File.ReadAllBytes(PathOf(role, i))));
            }
            catch (ModelFormatException)
            {
                return null;
            }
        }

        return tensors;
    }

    private string PathOf(string role, int index) => Path.Combine(folder, "test_data_set_0", $"{role}_{index}.pb");

    private static EdgeTensor Feed(ConstantTensor tensor) => tensor.Type == DataType.String
        ? EdgeTensor.OfStrings([.. tensor.Strings.Select(text => System.Text.Encoding.UTF8.GetString(text.Span))], tensor.Shape.ToArray())
        : EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.Span);

    private static string? Difference(EdgeTensor found, ConstantTensor expected)
    {
        var (left, right) = (OnnxOracle.ValueOf(found), OnnxOracle.ValueOf(Feed(expected)));
        if (left.Equals(right))
        {
            return null;
        }

        var isClose = (left, right) is (OnnxValue.Tensor a, OnnxValue.Tensor b) && a.Type == b.Type && a.Shape == b.Shape
            && TensorDifference.Numbers(a) is { } x && TensorDifference.Numbers(b) is { } y && IsClose(x, y, a.Type);
        return isClose ? null : TensorDifference.Of(left, right).Text;
    }

    /// <summary>As the reference results were judged: 1e-3 of the expected value, for 16-bit floats 1e-2; integers are exact.</summary>
    private static bool IsClose(double[] found, double[] expected, DataType type)
    {
        var relative = type is DataType.Float16 or DataType.BFloat16 ? 1e-2 : type is DataType.Float32 or DataType.Float64 ? 1e-3 : 0;
        var absolute = relative > 0 ? 1e-6 : 0;
        return found.Zip(expected).All(pair => pair.First.Equals(pair.Second) || (double.IsNaN(pair.First) && double.IsNaN(pair.Second))
            || Math.Abs(pair.First - pair.Second) <= absolute + (relative * Math.Abs(pair.Second)));
    }
}
