using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Every model of ONNX's own backend tests: all operators, types and odd forms, each in a file of a few hundred bytes.</summary>
public sealed class ConformanceModelTests
{
    private static readonly string[] Sets = ["node", "simple", "light"];

    [Test]
    public void Read_EveryConformanceModel_IsWrittenWithoutLossAndStably()
    {
        var files = Sets.SelectMany(set => Directory.EnumerateFiles(ConformanceArchive.Folder(set), "*.onnx", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).ToList();
        Assert.That(files, Has.Count.GreaterThan(1800));
        foreach (var file in files)
        {
            var model = OnnxReader.Read(file);
            var written = OnnxWriter.ToBytes(model);
            var again = OnnxReader.Read(written, name: file);
            ModelComparer.AssertEqual(again, model, file);
            Assert.That(OnnxWriter.ToBytes(again).AsSpan().SequenceEqual(written), file);
        }
    }
}
