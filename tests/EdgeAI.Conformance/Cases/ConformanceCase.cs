using System.Collections.Immutable;
using System.Text;
using EdgeAI.Graph;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Conformance.Cases;

/// <summary>Inputs and expected outputs of one run, in the model's order; null for an optional that is left out.</summary>
internal sealed record CaseData(string Name, ImmutableArray<OnnxValue?> Inputs, ImmutableArray<OnnxValue?> Outputs);

/// <summary>One of ONNX's cases: a model and its data sets.</summary>
internal sealed record ConformanceCase(string Set, string Name, string ModelPath)
{
    /// <summary>As it stands in the manifest: "node/test_abs".</summary>
    public string Id => $"{Set}/{Name}";

    /// <summary>Every data set; that of a light model is made by the rule of ONNX's own runner.</summary>
    public IEnumerable<CaseData> DataSets()
    {
        var graph = OnnxReader.Read(ModelPath).Graph;
        var inputs = graph.Inputs.Where(input => input.Constant is null).ToList();
        if (Set == "light")
        {
            yield return new("made", [.. inputs.Select(Ramp)], [Read(Path.ChangeExtension(ModelPath, null) + "_output_0.pb", graph.Outputs[0].Type)]);
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories(Path.GetDirectoryName(ModelPath)!, "test_data_set_*").Order(StringComparer.Ordinal))
        {
            yield return new(Path.GetFileName(folder), ReadAll(folder, "input", inputs), ReadAll(folder, "output", graph.Outputs));
        }
    }

    private static ImmutableArray<OnnxValue?> ReadAll(string folder, string role, IReadOnlyList<Value> values) =>
        [.. values.Select((value, index) => (value, Path: Path.Combine(folder, $"{role}_{index}.pb")))
            .TakeWhile(item => File.Exists(item.Path))
            .Select(item => Read(item.Path, item.value.Type))];

    private static OnnxValue? Read(string path, Graph.ValueType? type) => Decode(File.ReadAllBytes(path), type);

    private static OnnxValue? Decode(ReadOnlyMemory<byte> message, Graph.ValueType? type) => type switch
    {
        SequenceType => new OnnxValue.Sequence([.. OnnxReader.ReadSequence(message).Select(ValueOf)]),
        OptionalType optional => OnnxReader.ReadOptional(message) is { } inner ? Decode(inner, optional.Element) : null,
        _ => ValueOf(OnnxReader.ReadTensor(message)),
    };

    private static OnnxValue ValueOf(ConstantTensor tensor) => tensor.Type == Hal.DataType.String
        ? new OnnxValue.Texts(tensor.Shape, [.. tensor.Strings.Select(text => Encoding.UTF8.GetString(text.Span))])
        : new OnnxValue.Tensor(tensor.Type, tensor.Shape, [.. tensor.Data.Span]);

    /// <summary>0, 1/n, 2/n …</summary>
    private static OnnxValue.Tensor Ramp(Value input)
    {
        var shape = new Hal.Shape([.. input.Shape.Select(extent => extent.IsKnown ? extent : 1)]);
        var count = (int)shape.ElementCount;
        var values = ConstantTensor.Of<float>(shape, [.. Enumerable.Range(0, count).Select(i => (float)(i / (double)count))]);
        return new(values.Type, shape, [.. values.Data.Span]);
    }
}
