using System.IO.Compression;
using System.Text;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Arrays that claim more than is there cost no memory and no time.</summary>
public sealed class NumpyLimitTests
{
    private const long FewBytes = 8 << 20;

    [TestCase("<f4", "(400000000,)", "truncated")]
    [TestCase("<f8", "(2147483647,)", "at most")]
    [TestCase("|u1", "(2000000000,)", "truncated")]
    public void Read_HugeClaimInASmallFile_AllocatesNothing(string type, string shape, string problem)
    {
        var path = Write("claim.npy", Header(type, shape));
        Assert.That(Allocated(() => Assert.That(() => NumpyFile.Read(path), Throws.TypeOf<TensorMismatchException>().With.Message.Contain(problem))), Is.LessThan(FewBytes));
    }

    [Test]
    public void Read_HugeClaimInAnArchive_AllocatesNothing()
    {
        using var archive = NumpyArchive.Open(Write("claim.npz", Zip(Header("<f4", "(400000000,)"))));
        Assert.That(Allocated(() => Assert.That(() => archive.Read("x"), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("truncated"))), Is.LessThan(FewBytes));
    }

    [Test]
    public void Read_ArchiveThatLiesAboutTheEntry_AllocatesLittle()
    {
        var zip = Zip(Header("<f4", "(400000000,)"));
        var directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(directory + 24), 1_700_000_000);
        using var archive = NumpyArchive.Open(Write("lie.npz", zip));
        Assert.That(Allocated(() => Assert.That(() => archive.Read("x"), Throws.TypeOf<TensorMismatchException>())), Is.LessThan(FewBytes));
    }

    [Test]
    public void Read_LargerThanAChunk_GivesEveryElement()
    {
        var elements = Enumerable.Range(0, 3_000_001).Select(value => (byte)(value % 251)).ToArray();
        using var archive = NumpyArchive.Open(Write("large.npz", Zip([.. Header("|u1", "(3000001,)"), .. elements])));
        Assert.That(archive.Read("x").Bytes.SequenceEqual(elements));
    }

    [Test]
    public void ReadSlices_CountlessEmptyOnes_Refuses() =>
        Assert.That(() => NumpyFile.ReadSlices(Write("empty.npy", Header("<f4", "(2147483647, 0)"))).Count(), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("empty slices"));

    [Test]
    public void Open_DamagedDirectory_SaysSo()
    {
        var zip = Zip(Header("<f4", "(0,)"));
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + 2] = 9;
        Assert.That(() => NumpyArchive.Open(Write("damaged.npz", zip)), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("not a .npz archive"));
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Header(string type, string shape)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)];
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("x.npy").Open();
            entry.Write(bytes);
        }

        return stream.ToArray();
    }

    private static string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{TestContext.CurrentContext.Test.ID}-{name}");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
