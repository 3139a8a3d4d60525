using System.Collections.Immutable;
using System.Text.Json;

namespace EdgeAI.Hal.Cpu;

/// <summary>Runs a model under ONNX Runtime's profiler and reads the profile, a JSON file of trace events.</summary>
internal static class Profiler
{
    private const string KernelSuffix = "_kernel_time";

    public static ImmutableArray<NodeTime> Run(CpuDevice device, Executable executable, ReadOnlySpan<BufferView> inputs, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-profile-");
        try
        {
            var path = RunProfiled(device, executable, inputs, runs, Path.Combine(folder.FullName, "ort"));
            return Read(File.ReadAllBytes(path), warmUps: 1, runs);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Times per node, in order of first execution, without those of the first runs.</summary>
    /// <exception cref="DeviceFaultException">The profile is not what it should be.</exception>
    public static ImmutableArray<NodeTime> Read(ReadOnlyMemory<byte> profile, int warmUps, int runs)
    {
        try
        {
            using var document = JsonDocument.Parse(profile);
            var nodes = new OrderedDictionary<(string Node, string Operator), List<double>>();
            foreach (var item in document.RootElement.EnumerateArray())
                Collect(item, nodes);
            return [.. nodes.Select(node => Summarize(node.Key, node.Value, warmUps, runs))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new DeviceFaultException($"ONNX Runtime's profile of {profile.Length} bytes cannot be read: {error.Message}", error);
        }
    }

    private static string RunProfiled(CpuDevice device, Executable executable, ReadOnlySpan<BufferView> inputs, int runs, string prefix)
    {
        var session = SessionFactory.Create(device.Library, executable, device.Options, prefix);
        using var loaded = new CpuExecutable(device, executable, session);
        using var run = loaded.Prepare(inputs, new BufferView[loaded.Signature.Outputs.Length]);
        for (var i = 0; i <= runs; i++)
            run.Execute();
        return session.EndProfiling();
    }

    private static void Collect(JsonElement item, OrderedDictionary<(string Node, string Operator), List<double>> nodes)
    {
        if (!item.TryGetProperty("cat", out var category) || category.GetString() != "Node")
            return;
        var name = item.GetProperty("name").GetString() ?? "";
        if (!name.EndsWith(KernelSuffix, StringComparison.Ordinal))
            return;
        var key = (name[..^KernelSuffix.Length], item.GetProperty("args").GetProperty("op_name").GetString() ?? "");
        if (!nodes.TryGetValue(key, out var times))
            nodes.Add(key, times = []);
        times.Add(item.GetProperty("dur").GetDouble());
    }

    // A node may run several times in one run (loops) or share its name, so the first share of its times is that of the warm-ups.
    private static NodeTime Summarize((string Node, string Operator) key, List<double> times, int warmUps, int runs)
    {
        var measured = times.Skip(times.Count * warmUps / (warmUps + runs)).DefaultIfEmpty(0).ToList();
        return new NodeTime(key.Node, key.Operator, measured.Average(), measured.Min(), measured.Count);
    }
}
