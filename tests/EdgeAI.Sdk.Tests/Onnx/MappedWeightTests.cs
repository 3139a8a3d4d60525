using System.Globalization;
using System.Runtime.CompilerServices;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Who owns the mapped file, and that weights lie in it. Linux tells what is mapped; elsewhere these are skipped.</summary>
public sealed class MappedWeightTests
{
    private string _folder = "";
    private ReadOnlyMemory<byte> _slice;

    [SetUp]
    public void MakeFolder()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("only Linux lists a process's mappings in /proc/self/maps");
        }

        _folder = Directory.CreateTempSubdirectory("edgeai-mapped").FullName;
    }

    [TearDown]
    public void DeleteFolder()
    {
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, true);
        }
    }

    [Test]
    public unsafe void Read_Weights_LieInsideTheMapOfTheFile()
    {
        var path = Copy();
        var model = OnnxReader.Read(path);
        var (start, end) = Mappings(path).Single();
        var weights = model.Graph.Constants.Where(value => value.Constant!.Data.Length > 0).ToList();
        Assert.That(weights, Is.Not.Empty);
        foreach (var weight in weights)
        {
            using var pin = weight.Constant!.Data.Pin();
            Assert.That((ulong)pin.Pointer, Is.InRange(start, end - (ulong)weight.Constant.Data.Length), weight.Name);
        }

        GC.KeepAlive(model);
    }

    [Test]
    public void Model_NoLongerReachable_GivesTheMapBack()
    {
        var path = Copy();
        KeepOneWeight(path);
        Collect();
        Assert.That(Mappings(path), Has.Count.EqualTo(1), "a slice is left");
        _slice = default;
        Collect();
        Assert.That(Mappings(path), Is.Empty, "nothing is left");
    }

    [Test]
    public void Write_ToTheFileThatWasRead_ReplacesItAndLeavesTheModelWhole()
    {
        var path = Copy();
        var model = OnnxReader.Read(path);
        var expected = ModelComparer.Lines(model);
        model.Metadata.Add(new("note", "written over"));
        OnnxWriter.Write(model, path);
        model.Metadata.RemoveAt(model.Metadata.Count - 1);
        Assert.That(ModelComparer.Lines(model), Is.EqualTo(expected), "the weights are still those of the old file");
        Assert.That(OnnxReader.Read(path).Metadata[^1].Key, Is.EqualTo("note"));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { path }), "no temporary file is left");
    }

    [Test]
    public void Read_ExternalFilePast2GiB_MapsItOnceForAllTensors()
    {
        const long Offset = 3L << 30;
        var data = Path.Combine(_folder, "w.bin");
        using (var stream = File.Create(data))
        {
            // A hole: takes no room on the disk.
            stream.SetLength(Offset + 24);
            stream.Position = Offset;
            stream.Write(new byte[] { 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64 });
        }

        var path = Path.Combine(_folder, "m.onnx");
        File.WriteAllBytes(path, ExternalModel.Bytes(("a", "w.bin", Offset, 12), ("b", "w.bin", 4, 12), ("c", "w.bin", Offset + 12, 12)));
        var model = OnnxReader.Read(path);
        Assert.That(model.Graph.Values["a"].Constant!.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 1, 2, 3 }));
        Assert.That(model.Graph.Values["b"].Constant!.AsSpan<float>().ToArray(), Is.EqualTo(new float[3]));
        Assert.That(Mappings(data), Has.Count.EqualTo(1));
        GC.KeepAlive(model);
    }

    private string Copy()
    {
        var path = Path.Combine(_folder, "model.onnx");
        File.Copy(SharedData.Path("models", "cls", "mnist_cnn_pytorch.onnx"), path);
        File.SetAttributes(path, FileAttributes.Normal);
        return path;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void KeepOneWeight(string path) =>
        _slice = OnnxReader.Read(path).Graph.Constants.First(value => value.Constant!.Data.Length > 0).Constant!.Data;

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static List<(ulong Start, ulong End)> Mappings(string path) =>
    [
        .. File.ReadLines("/proc/self/maps").Where(line => line.EndsWith(path, StringComparison.Ordinal)).Select(line =>
        {
            var range = line.Split(' ')[0].Split('-');
            return (ulong.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }),
    ];
}
