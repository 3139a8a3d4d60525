using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Api;

public sealed class NumpyFileTests
{
    [Test]
    public void Read_Matrix_GivesTypeShapeAndElements()
    {
        var tensor = NumpyFile.Read(Write("m.npy", Array("<f4", "(2, 3)", [1f, 2, 3, 4, 5, 6])));
        Assert.That((tensor.Type, tensor.Shape), Is.EqualTo((DataType.Float32, new Shape(2, 3))));
        Assert.That(tensor.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public void ReadSlices_OfAnArchive_GivesOneAtATime()
    {
        using var archive = NumpyArchive.Open(Archive(("x", Array("<f4", "(2, 3)", [1f, 2, 3, 4, 5, 6])), ("y", Array("<i4", "(2,)", [7, 8]))));
        Assert.That(archive.Names, Is.EqualTo(new[] { "x", "y" }));
        Assert.That(archive.Describe("x"), Is.EqualTo(new TensorSpec("x", DataType.Float32, new Shape(2, 3))));
        Assert.That(archive.ReadSlices("x").Select(slice => slice.AsSpan<float>()[2]), Is.EqualTo(new[] { 3f, 6f }));
        Assert.That(archive.Read("y").AsSpan<int>().ToArray(), Is.EqualTo(new[] { 7, 8 }));
    }

    [TestCase("<f4", "(2, 3)", "truncated")]
    [TestCase("<f4", "(99999, 99999, 99999)", "at most 2^31 elements")]
    [TestCase("<f4", "(-1,)", "expected extents")]
    [TestCase("<U10", "(1,)", "element type '<U10' is not read")]
    public void Read_DamagedHeader_NamesFileAndProblem(string type, string shape, string problem) =>
        Assert.That(() => NumpyFile.Read(Write("bad.npy", Array(type, shape, [1f]))), Throws.TypeOf<TensorMismatchException>().With.Message.Contain(problem).And.Message.Contain("bad.npy"));

    [Test]
    public void Read_NoArray_SaysSo() =>
        Assert.That(() => NumpyFile.Read(Write("text.npy", Encoding.ASCII.GetBytes("not an array at all"))), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("not a .npy array"));

    [Test]
    public void Open_NoArchive_SaysSo() =>
        Assert.That(() => NumpyArchive.Open(Write("text.npz", new byte[100])), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("not a .npz archive"));

    [Test]
    public void Read_MissingArray_NamesThoseThatAreThere()
    {
        using var archive = NumpyArchive.Open(Archive(("x", Array("<i4", "(1,)", [7]))));
        Assert.That(() => archive.Read("z"), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("there is no array 'z'; found x"));
    }

    private static byte[] Array<T>(string type, string shape, T[] elements)
        where T : unmanaged
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(elements.AsSpan())];
    }

    private static string Archive(params (string Name, byte[] Bytes)[] arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in arrays)
            {
                using var entry = archive.CreateEntry(name + ".npy").Open();
                entry.Write(bytes);
            }
        }

        return Write("arrays.npz", stream.ToArray());
    }

    private static string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{TestContext.CurrentContext.Test.ID}-{name}");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
