using System.Security.Cryptography;
using EdgeAI.Hal;
using EdgeAI.Runtime;
using EdgeAI.Sdk.Tests.Runtime;

namespace EdgeAI.Sdk.Tests.Bundles;

/// <summary>The file: what was written is read, and nothing else is.</summary>
public sealed class BundleFormatTests
{
    private const int HashAt = 32;
    private const int PrefixByteCount = 64;

    private static PlanBundle Small { get; } = new(
        new BundleKey(BundleKey.ThisLibrary, [new("cpu", "ONNX Runtime 1.30.0"), new("npu", "does nothing")], ["profile hub", "shapes as declared"], [new("m.onnx", "00ff")]),
        [TestPlans.X], [TestPlans.Y], TestPlans.ThereAndBack());

    [Test]
    public void WriteThenRead_ABundle_GivesEqualBytesKeyAndPlan()
    {
        var bytes = Bytes(Small);
        var read = PlanBundle.Read(bytes);
        Assert.Multiple(() =>
        {
            Assert.That(Bytes(read), Is.EqualTo(bytes));
            Assert.That(read.Key.Difference(Small.Key), Is.Null);
            Assert.That(read.Inputs, Is.EqualTo(Small.Inputs));
            Assert.That(read.Plan.Explain(), Is.EqualTo(Small.Plan.Explain()));
            Assert.That(PlanBundle.IsBundle(bytes), Is.True);
            Assert.That(PlanBundle.IsBundle(PlanWriter.ToBytes(Small.Plan)), Is.False);
        });
    }

    [Test]
    public void Read_EachByteFlipped_IsRefused()
    {
        var bytes = Bytes(Small);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x41;
            Assert.That(() => PlanBundle.Read(bytes), Throws.TypeOf<ExecutableFormatException>().With.Message.StartsWith("Bundle: "), $"byte {i}");
            bytes[i] ^= 0x41;
        }

        Assert.That(() => PlanBundle.Read(bytes), Throws.Nothing);
    }

    [Test]
    public void Read_EachTruncation_IsRefused()
    {
        var bytes = Bytes(Small);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.That(() => PlanBundle.Read(bytes.AsMemory(0, length)), Throws.TypeOf<ExecutableFormatException>(), $"{length} bytes");
        }

        Assert.That(() => PlanBundle.Read((byte[])[.. bytes, 0]), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("truncated, or more was appended"));
    }

    [Test]
    public void Read_MutatedAndSealedAgain_GivesABundleOrItsError([Values(1, 2, 3)] int seed)
    {
        var bytes = Bytes(Small);
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var mutated = bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(PrefixByteCount, bytes.Length) : bytes.Length).ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            Seal(mutated);
            try
            {
                PlanBundle.Read(mutated).Plan.Validate();
            }
            catch (ExecutableFormatException error)
            {
                Assert.That(error.Message, Does.StartWith("Bundle: ").Or.StartWith("Plan: "), $"seed {seed}, round {round}");
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}");
            }
        }
    }

    [Test]
    public void Read_OtherVersion_SaysWhichAndWhatToDo()
    {
        var bytes = Bytes(Small);
        bytes[8] = 9;
        Assert.That(() => PlanBundle.Read(bytes), Throws.TypeOf<ExecutableFormatException>().With.Message.EqualTo("Bundle: format version 9; this library reads 1. Compile the model again with this library."));
    }

    [Test]
    public void CheckFits_SameDevices_Passes()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        Assert.That(() => Of(BundleKey.DevicesOf(devices)).CheckFits(devices), Throws.Nothing);
    }

    [Test]
    public void CheckFits_OtherLibrary_SaysWhichAndWhatToDo()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        var bundle = Small with { Key = Small.Key with { Library = "0.0.1" } };
        Assert.That(() => bundle.CheckFits(devices), Throws.TypeOf<StaleBundleException>()
            .With.Message.Contains($"made by EdgeAI 0.0.1; this is {BundleKey.ThisLibrary}").And.Message.Contains("edgeai plan m.onnx --output FILE.edgeai"));
    }

    [Test]
    public void CheckFits_OtherDevice_NamesOnlyWhatDiffers()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        var bundle = Of([new("cpu", "does nothing"), new("npu", "Rows = 16, Columns = 8")]);
        Assert.That(() => bundle.CheckFits(devices), Throws.TypeOf<StaleBundleException>().With.Message.Contains("device 'npu' was 'Rows = 16, Columns = 8' when it was made; here it is 'does nothing'"));
    }

    [Test]
    public void CheckFits_DeviceMissing_SaysSo()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"));
        Assert.That(() => Small.CheckFits(devices), Throws.TypeOf<DeviceUnavailableException>().With.Message.Contains("'npu'"));
    }

    [Test]
    public void Save_OverAnother_ReplacesItAndLeavesNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-test-");
        try
        {
            var path = Path.Combine(folder.FullName, "m.edgeai");
            File.WriteAllText(path, "old");
            Small.Save(path);
            Assert.That(PlanBundle.Open(path).Plan.Model, Is.EqualTo("there-and-back"));
            Assert.That(folder.GetFiles().Select(file => file.Name), Is.EqualTo(new[] { "m.edgeai" }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void IsBundleFile_OfADevice_IsFalseAndDoesNotRead()
    {
        const string Endless = "/dev/zero";
        Assume.That(File.Exists(Endless), "there are no such files here");
        Assert.That(PlanBundle.IsBundleFile(Endless), Is.False);
        Assert.That(() => PlanBundle.Open(Endless), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("not a bundle"));
    }

    [Test]
    public void Run_BundleWithNothingButTheRuntimeLibrary_Runs()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        using var executor = new Executor(PlanBundle.Read(Bytes(Small)).Plan, devices);
        var context = executor.Rent();
        context.Run();
        Assert.That(context.Trace.Length, Is.EqualTo(3));
    }

    /// <summary>Puts the hash of what is there now: what an attacker would do.</summary>
    internal static void Seal(byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), (long)bytes.Length);
        hash.AppendData(bytes.AsSpan(PrefixByteCount));
        hash.AppendData(bytes.AsSpan(0, HashAt));
        hash.GetHashAndReset().CopyTo(bytes, HashAt);
    }

    internal static byte[] Bytes(PlanBundle bundle)
    {
        using var stream = new MemoryStream();
        bundle.Write(stream);
        return stream.ToArray();
    }

    private static PlanBundle Of(System.Collections.Immutable.ImmutableArray<BundleDevice> devices) => Small with { Key = Small.Key with { Devices = devices } };
}
