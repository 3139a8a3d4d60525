using System.Collections.Immutable;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Runtime.Serialization;

/// <summary>Reads what <see cref="PlanHeaderWriter"/> writes.</summary>
internal sealed class PlanHeaderReader(ReadOnlyMemory<byte> blobs)
{
    public Plan Read(ReadOnlyMemory<byte> header)
    {
        using var document = JsonDocument.Parse(header);
        var root = document.RootElement;
        return new Plan(
            Text(root, "model"), Text(root, "profile"),
            List(root, "devices", item => new PlanDevice(Text(item, "id"), item.GetProperty("arenaBytes").GetInt64())),
            List(root, "tensors", item => new PlanTensor(Spec(item), Int(item, "device"), item.GetProperty("offset").GetInt64())),
            List(root, "executables", Executable), List(root, "steps", Step),
            Ints(root, "inputs"), Ints(root, "outputs"), Report(root.GetProperty("report")));
    }

    /// <summary>What <see cref="PlanHeaderWriter.WriteSpecs"/> writes.</summary>
    public static ImmutableArray<TensorSpec> ReadSpecs(JsonElement item, string name) => List(item, name, Spec);

    private PlanExecutable Executable(JsonElement item) => new(
        new Executable(
            Text(item, "format"),
            new ExecutableSignature(List(item, "inputs", Spec), List(item, "outputs", Spec)),
            Blob(item, "code"),
            List(item, "constants", constant => new ConstantBlob(Text(constant, "name"), Blob(constant, "data"))),
            List(item, "sourceMap", range => new SourceRange(range.GetProperty("start").GetInt64(), range.GetProperty("end").GetInt64(), Text(range, "node")))),
        Int(item, "device"),
        List(item, "nodes", node => node.GetString()!));

    private static PlanStep Step(JsonElement item) => item.TryGetProperty("run", out var run)
        ? new RunStep(run.GetInt32(), Ints(item, "inputs"), Ints(item, "outputs"), Cost(item))
        : new CopyStep(Int(item, "copy"), Int(item, "to"), Cost(item));

    private static PlanReport Report(JsonElement item) => new(
        List(item, "operators", Operator), Text(item, "solver"), Number(item, "value"), Number(item, "lowerBound"),
        List(item, "notes", note => note.GetString() ?? ""))
    {
        Objective = item.TryGetProperty("objective", out _) ? Text(item, "objective") : PlanReport.SumObjective,
        WhatIfs = item.TryGetProperty("whatIfs", out _) ? List(item, "whatIfs", WhatIf) : [],
    };

    private static WhatIf WhatIf(JsonElement item) => new(
        Text(item, "device"), Text(item, "operator"), List(item, "constraints", name => name.GetString() ?? ""), Int(item, "count"),
        Number(item, "estimatedSeconds"), Number(item, "wonSeconds"));

    private static OperatorReport Operator(JsonElement item) => new(
        Text(item, "node"), Text(item, "operator"), Text(item, "device"), Int(item, "segment"), Cost(item),
        List(item, "answers", answer => new DeviceAnswer(
            Text(answer, "device"), Number(answer, "seconds"), answer.GetProperty("constraint").GetString(), answer.GetProperty("reason").GetString())))
    {
        Reads = item.TryGetProperty("reads", out _) ? Ints(item, "reads") : [],
    };

    private static PredictedCost Cost(JsonElement item) =>
        new(Number(item, "seconds"), Number(item, "joules"), item.GetProperty("bytesMoved").GetInt64());

    private static TensorSpec Spec(JsonElement item)
    {
        var type = (DataType)checked((byte)Int(item, "type"));
        if (!Enum.IsDefined(type))
        {
            throw new FormatException($"element type {(int)type} of '{Text(item, "name")}' is unknown");
        }

        var shape = item.TryGetProperty("shape", out _) ? new Shape(List(item, "shape", Dimension)) : Shape.Unknown;
        return new TensorSpec(Text(item, "name"), type, shape, Quantization(item));
    }

    private static QuantizationParameters? Quantization(JsonElement item) => !item.TryGetProperty("scales", out _) ? null
        : new QuantizationParameters(
            List(item, "scales", scale => scale.GetSingle()), Ints(item, "zeroPoints"),
            item.TryGetProperty("axis", out var axis) ? axis.GetInt32() : null);

    private static Dimension Dimension(JsonElement item) =>
        item.ValueKind == JsonValueKind.Number ? Hal.Dimension.Of(item.GetInt64()) : Hal.Dimension.Named(item.GetString() ?? "");

    private ReadOnlyMemory<byte> Blob(JsonElement item, string name)
    {
        var range = item.GetProperty(name);
        var (offset, length) = (range[0].GetInt64(), range[1].GetInt64());
        return offset >= 0 && length >= 0 && offset <= blobs.Length - length ? blobs.Slice((int)offset, (int)length)
            : throw new FormatException($"'{name}' at {offset}+{length} passes the end of {blobs.Length} bytes: truncated");
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static int Int(JsonElement item, string name) => item.GetProperty(name).GetInt32();

    private static double Number(JsonElement item, string name) =>
        item.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;

    private static ImmutableArray<int> Ints(JsonElement item, string name) => List(item, name, value => value.GetInt32());

    private static ImmutableArray<T> List<T>(JsonElement item, string name, Func<JsonElement, T> read) =>
        [.. item.GetProperty(name).EnumerateArray().Select(read)];
}
