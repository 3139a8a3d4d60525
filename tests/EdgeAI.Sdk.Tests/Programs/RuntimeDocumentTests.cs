using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>The code of docs/runtime.md, compiled and run.</summary>
[NonParallelizable]
public sealed class RuntimeDocumentTests
{
    private static readonly string Keyword = Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx");

    [Test]
    public void Session_OfTheDocument_Runs()
    {
        var (waveform, cancellationToken) = (new float[16000], TestContext.CurrentContext.CancellationToken);
        using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(NpuConfiguration.Edge1k)));
        using var model = runtime.Load(Keyword);
        using var session = model.CreateSession();
        waveform.CopyTo(session.Input<float>());
        session.Run(TimeSpan.FromMilliseconds(50), cancellationToken);
        var scores = session.Output<float>();
        Assert.That(scores.Length, Is.EqualTo(12));
    }

    [Test]
    public async Task Stream_OfTheDocument_Runs()
    {
        var windows = new[] { new float[16000], new float[16000], new float[16000] };
        using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(NpuConfiguration.Edge1k)));
        using var model = runtime.Load(Keyword);
        await using var stream = model.OpenStream(new StreamOptions { Capacity = 4, WhenFull = DropPolicy.DropOldest });
        var writer = Task.Run(async () =>
        {
            foreach (var window in windows)
            {
                await stream.SubmitAsync<float>(window);
            }

            stream.Complete();
        });
        await foreach (var frame in stream.ReadAllAsync())
        {
            Console.WriteLine($"{frame.Number}: {frame.Output<float>()[0]} after {frame.Latency.TotalMilliseconds:0.0} ms");
        }

        await writer;
        Assert.That(stream.Statistics.Delivered, Is.EqualTo(3));
    }

    [Test]
    public void Document_ItsCode_IsTheOneAbove()
    {
        var here = File.ReadAllLines(Path.Combine(ReadmeTests.Repository, "tests", "EdgeAI.Sdk.Tests", "Programs", "RuntimeDocumentTests.cs")).Select(line => line.Trim()).ToHashSet();
        var document = File.ReadAllText(Path.Combine(ReadmeTests.Repository, "docs", "runtime.md"));
        var blocks = document.Split("```csharp").Skip(1).Select(block => block.Split("```")[0]).ToList();
        Assert.That(blocks, Has.Count.EqualTo(2));
        foreach (var line in blocks.SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            Assert.That(here, Does.Contain(line));
        }
    }
}
