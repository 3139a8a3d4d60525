using System.Buffers;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Runtime.Serialization;

/// <summary>The plan's JSON header; blobs are named by offset and length.</summary>
internal sealed class PlanHeaderWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly BlobTable _blobs;

    private PlanHeaderWriter(Utf8JsonWriter json, BlobTable blobs) => (_json, _blobs) = (json, blobs);

    public static byte[] Write(Plan plan, BlobTable blobs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            new PlanHeaderWriter(json, blobs).Plan(plan);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A list of tensors outside of a plan.</summary>
    public static void WriteSpecs(Utf8JsonWriter json, string name, IEnumerable<TensorSpec> specs)
    {
        var writer = new PlanHeaderWriter(json, new BlobTable());
        writer.List(name, specs, writer.SpecObject);
    }

    private void Plan(Plan plan)
    {
        _json.WriteStartObject();
        _json.WriteString("model", plan.Model);
        _json.WriteString("profile", plan.Profile);
        List("devices", plan.Devices, Device);
        List("tensors", plan.Tensors, tensor =>
        {
            _json.WriteStartObject();
            Spec(tensor.Spec);
            _json.WriteNumber("device", tensor.Device);
            _json.WriteNumber("offset", tensor.Offset);
            _json.WriteEndObject();
        });
        List("executables", plan.Executables, Executable);
        List("steps", plan.Steps, Step);
        Numbers("inputs", plan.Inputs);
        Numbers("outputs", plan.Outputs);
        Report(plan.Report);
        _json.WriteEndObject();
    }

    private void Device(PlanDevice device)
    {
        _json.WriteStartObject();
        _json.WriteString("id", device.Id);
        _json.WriteNumber("arenaBytes", device.ArenaByteCount);
        _json.WriteEndObject();
    }

    private void Executable(PlanExecutable item)
    {
        _json.WriteStartObject();
        _json.WriteNumber("device", item.Device);
        _json.WriteString("format", item.Executable.Format);
        List("inputs", item.Executable.Signature.Inputs, SpecObject);
        List("outputs", item.Executable.Signature.Outputs, SpecObject);
        Blob("code", item.Executable.Code);
        List("constants", item.Executable.Constants, constant =>
        {
            _json.WriteStartObject();
            _json.WriteString("name", constant.Name);
            Blob("data", constant.Data);
            _json.WriteEndObject();
        });
        List("sourceMap", item.Executable.SourceMap, range =>
        {
            _json.WriteStartObject();
            _json.WriteNumber("start", range.Start);
            _json.WriteNumber("end", range.End);
            _json.WriteString("node", range.Node);
            _json.WriteEndObject();
        });
        List("nodes", item.Nodes, _json.WriteStringValue);
        _json.WriteEndObject();
    }

    private void Step(PlanStep step)
    {
        _json.WriteStartObject();
        switch (step)
        {
            case RunStep run:
                _json.WriteNumber("run", run.Executable);
                Numbers("inputs", run.Inputs);
                Numbers("outputs", run.Outputs);
                break;
            case CopyStep copy:
                _json.WriteNumber("copy", copy.From);
                _json.WriteNumber("to", copy.To);
                break;
        }

        Cost(step.Predicted);
        _json.WriteEndObject();
    }

    private void Report(PlanReport report)
    {
        _json.WriteStartObject("report");
        _json.WriteString("objective", report.Objective);
        _json.WriteString("solver", report.Solver);
        Number("value", report.Value);
        Number("lowerBound", report.LowerBound);
        List("notes", report.Notes, _json.WriteStringValue);
        List("operators", report.Operators, Operator);
        if (!report.WhatIfs.IsEmpty)
        {
            List("whatIfs", report.WhatIfs, WhatIf);
        }

        _json.WriteEndObject();
    }

    private void WhatIf(WhatIf item)
    {
        _json.WriteStartObject();
        _json.WriteString("device", item.Device);
        _json.WriteString("operator", item.Operator);
        List("constraints", item.Constraints, _json.WriteStringValue);
        _json.WriteNumber("count", item.Count);
        Number("estimatedSeconds", item.EstimatedSeconds);
        Number("wonSeconds", item.WonSeconds);
        _json.WriteEndObject();
    }

    private void Operator(OperatorReport row)
    {
        _json.WriteStartObject();
        _json.WriteString("node", row.Node);
        _json.WriteString("operator", row.Operator);
        _json.WriteString("device", row.Device);
        _json.WriteNumber("segment", row.Segment);
        Cost(row.Predicted);
        if (!row.Reads.IsEmpty)
        {
            Numbers("reads", row.Reads);
        }

        List("answers", row.Answers, answer =>
        {
            _json.WriteStartObject();
            _json.WriteString("device", answer.Device);
            Number("seconds", answer.Seconds);
            _json.WriteString("constraint", answer.Constraint);
            _json.WriteString("reason", answer.Reason);
            _json.WriteEndObject();
        });
        _json.WriteEndObject();
    }

    private void Cost(PredictedCost cost)
    {
        Number("seconds", cost.Seconds);
        Number("joules", cost.EnergyJoules);
        _json.WriteNumber("bytesMoved", cost.BytesMoved);
    }

    private void SpecObject(TensorSpec spec)
    {
        _json.WriteStartObject();
        Spec(spec);
        _json.WriteEndObject();
    }

    private void Spec(TensorSpec spec)
    {
        _json.WriteString("name", spec.Name);
        _json.WriteNumber("type", (int)spec.Type);
        if (spec.Shape.HasRank)
        {
            List("shape", spec.Shape.Dimensions, Dimension);
        }

        if (spec.Quantization is { } quantization)
        {
            List("scales", quantization.Scales, scale => _json.WriteNumberValue(scale));
            Numbers("zeroPoints", quantization.ZeroPoints);
            if (quantization.Axis is { } axis)
            {
                _json.WriteNumber("axis", axis);
            }
        }
    }

    private void Dimension(Dimension dimension)
    {
        if (dimension.IsKnown)
        {
            _json.WriteNumberValue(dimension.Value);
        }
        else
        {
            _json.WriteStringValue(dimension.Symbol ?? "");
        }
    }

    private void Blob(string name, ReadOnlyMemory<byte> bytes)
    {
        _json.WriteStartArray(name);
        _json.WriteNumberValue(_blobs.Add(bytes));
        _json.WriteNumberValue(bytes.Length);
        _json.WriteEndArray();
    }

    private void Numbers(string name, IEnumerable<int> values) => List(name, values, value => _json.WriteNumberValue(value));

    /// <summary>JSON has no NaN; what is not known is null.</summary>
    private void Number(string name, double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumber(name, value);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    private void List<T>(string name, IEnumerable<T> items, Action<T> write)
    {
        _json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(item);
        }

        _json.WriteEndArray();
    }
}
