using System.Text.Json;

namespace EdgeAI.Quantization.Reporting;

/// <summary>A report as JSON.</summary>
internal static class JsonReport
{
    public static void Write(QuantizationReport report, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("method", report.Options.Method.ToString());
        json.WriteString("activations", report.Options.ActivationType.ToString());
        json.WriteString("weights", report.Options.WeightType.ToString());
        json.WriteBoolean("perChannel", report.Options.PerChannel);
        json.WriteNumber("samples", report.Samples);
        json.WriteNumber("measuredSamples", report.MeasuredSamples);
        json.WriteNumber("incomparableSamples", report.IncomparableSamples);
        WriteAll(json, "outputSqnr", report.OutputSqnr, value => Decibels.Write(json, value));
        WriteAll(json, "tensors", report.Tensors, tensor => Write(json, tensor));
        WriteAll(json, "nodes", report.Nodes, node => Write(json, node));
        WriteAll(json, "layers", report.Layers, layer => Write(json, layer));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TensorReport tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("type", tensor.Type.ToString());
        json.WriteBoolean("constant", tensor.IsConstant);
        WriteAll(json, "scales", tensor.Parameters.Scales, json.WriteNumberValue);
        WriteAll(json, "zeroPoints", tensor.Parameters.ZeroPoints, json.WriteNumberValue);
        json.WriteNumber("minimum", tensor.Range.Minimum);
        json.WriteNumber("maximum", tensor.Range.Maximum);
        WriteOptional(json, "sharedWith", tensor.SharedWith);
        WriteOptional(json, "note", tensor.Note);
        WriteOptional(json, "integers", tensor.IntegerName);
        if (tensor.Sqnr is { } sqnr)
        {
            json.WritePropertyName("sqnr");
            Decibels.Write(json, sqnr);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, NodeReport node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("operator", node.Operator);
        json.WriteBoolean("quantized", node.IsQuantized);
        WriteOptional(json, "whyFloat", node.WhyFloat);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LayerSensitivity layer)
    {
        json.WriteStartObject();
        WriteAll(json, "nodes", layer.Nodes, json.WriteStringValue);
        json.WriteString("operator", layer.Operator);
        json.WritePropertyName("sqnr");
        Decibels.Write(json, layer.Sqnr);
        json.WriteEndObject();
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(item);
        }

        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
