using EdgeAI.Graph;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Networks;

/// <summary>A model of 100 MB: its weights stay where they are.</summary>
public sealed class LargeModelTests
{
    private const long SmallPart = 4 << 20;

    [Test]
    public void ResNet50_ReadVerifiedInferred_CopiesNoWeights()
    {
        using var file = new TemporaryModel(Zoo.Find("resnet50").Bytes);
        var size = new FileInfo(file.Path).Length;
        Load(file.Path);
        GC.Collect();
        var (allocated, anonymous) = (GC.GetAllocatedBytesForCurrentThread(), PrivateBytes());
        var model = Load(file.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(size, Is.GreaterThan(100_000_000));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - allocated, Is.LessThan(SmallPart), "managed bytes");
            Assert.That(PrivateBytes() - anonymous, Is.LessThan(SmallPart), "private memory of the process");
        }

        GC.KeepAlive(model);
    }

    private static Model Load(string path)
    {
        var model = OnnxReader.Read(path);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        return model;
    }

    /// <summary>RssAnon, which only Linux tells; 0 elsewhere.</summary>
    private static long PrivateBytes() => !OperatingSystem.IsLinux() ? 0
        : 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
}
