using System.Text.RegularExpressions;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Cases;

/// <summary>What came of a case.</summary>
internal enum CaseOutcome
{
    /// <summary>All outputs of all data sets as expected.</summary>
    Pass,
    /// <summary>Some output is not.</summary>
    Differs,
    /// <summary>A typed error.</summary>
    Refused,
    /// <summary>An error of a type that no user should see: a defect.</summary>
    Broken,
}

/// <summary>A result with its reason, and the accelerators that ran something.</summary>
internal sealed record CaseResult(string Case, CaseOutcome Outcome, string Reason, string Accelerators);

/// <summary>Runs cases on a runtime's devices and judges them as the reference results were judged.</summary>
internal static partial class CaseRun
{
    /// <summary>Every data set of a case; the first that is not as expected decides.</summary>
    public static CaseResult Run(ConformanceCase item, EdgeRuntime runtime)
    {
        var accelerators = "";
        try
        {
            using var model = runtime.Load(item.ModelPath);
            foreach (var data in item.DataSets())
            {
                var result = model.Run(Feeds(data));
                accelerators = AcceleratorsOf(result);
                if (WhyNot(result, data) is { } reason)
                {
                    return new(item.Id, CaseOutcome.Differs, $"{data.Name}: {reason}", accelerators);
                }
            }

            return new(item.Id, CaseOutcome.Pass, "", accelerators);
        }
        catch (EdgeException error)
        {
            return new(item.Id, CaseOutcome.Refused, OneLine(error), accelerators);
        }
        catch (Exception error)
        {
            return new(item.Id, CaseOutcome.Broken, OneLine(error), accelerators);
        }
    }

    /// <summary>The tensor to feed for a value of a data set.</summary>
    public static EdgeTensor TensorOf(OnnxValue value) => value switch
    {
        OnnxValue.Tensor tensor => EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.AsSpan()),
        OnnxValue.Texts texts => EdgeTensor.OfStrings(texts.Items, texts.Shape.ToArray()),
        _ => EdgeTensor.OfStructure(value),
    };

    private static List<EdgeTensor> Feeds(CaseData data) =>
        [.. data.Inputs.Select((input, index) => TensorOf(input ?? throw new TensorMismatchException($"input {index} is an empty optional, which cannot be fed")))];

    private static string OneLine(Exception error) =>
        OwnPath().Replace($"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" "), "");

    [GeneratedRegex(@"/\S*/(?=\S*model\.onnx)")]
    private static partial Regex OwnPath();

    private static string AcceleratorsOf(ModelResult result) =>
        string.Join(' ', result.Plan.Executables.Select(executable => result.Plan.Devices[executable.Device].Id).Where(id => id != "cpu").Distinct().Order(StringComparer.Ordinal));

    private static string? WhyNot(ModelResult found, CaseData data)
    {
        if (found.Count != data.Outputs.Length)
        {
            return $"{found.Count} outputs; expected {data.Outputs.Length}";
        }

        return found.Zip(data.Outputs, (tensor, expected) => expected is null ? tensor.Structure is OnnxValue.Absent ? null : "an output is there; expected an empty optional" : Difference(OnnxOracle.ValueOf(tensor), expected))
            .FirstOrDefault(reason => reason is not null);
    }

    private static string? Difference(OnnxValue found, OnnxValue expected)
    {
        if (found.Equals(expected))
        {
            return null;
        }

        if ((found, expected) is (OnnxValue.Sequence left, OnnxValue.Sequence right) && left.Items.Length == right.Items.Length)
        {
            return left.Items.Zip(right.Items, Difference).FirstOrDefault(reason => reason is not null);
        }

        var isClose = (found, expected) is (OnnxValue.Tensor a, OnnxValue.Tensor b) && a.Type == b.Type && a.Shape == b.Shape
            && TensorDifference.Numbers(a) is { } x && TensorDifference.Numbers(b) is { } y && IsClose(x, y, a.Type);
        return isClose ? null : TensorDifference.Of(found, expected).Text;
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
