using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Hand-written streams at the edge of what may run: what is admitted computes what the document says, the rest is refused.</summary>
public sealed class AdmissionTests
{
    private const int Large = 1 << 20;

    [TestCase(5)]
    [TestCase(100)]
    public void TableLookup_OneStridedChannel_LooksUpThePixels(int width)
    {
        var rig = new StreamRig();
        var values = Enumerable.Range(0, 2 * width).Select(value => (byte)value).ToArray();
        var input = Row(rig.Place(values), width, 2);
        var output = Row(rig.Reserve(width), width, 1);
        rig.Add(new TableLookup { Input = input, Output = output, Table = rig.Place([.. Enumerable.Range(0, 256).Select(value => (byte)(255 - value))]) });
        Assert.That(Bytes(rig.Run(), output), Is.EqualTo(Enumerable.Range(0, width).Select(x => (byte)(255 - (2 * x)))));
    }

    [Test]
    public void Quantize_OneStridedChannel_ReadsThePixels()
    {
        var rig = new StreamRig();
        var input = Row(rig.Place(StreamRig.BytesOf(new[] { 1f, 99, 2, 99, 3, 99, 4 })), 4, 8, sizeof(float));
        var output = Row(rig.Reserve(4), 4, 1);
        rig.Add(new Quantize { Input = input, Output = output, Scale = 1 });
        Assert.That(Bytes(rig.Run(), output), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void Dequantize_OneStridedChannel_WritesThePixels()
    {
        var rig = new StreamRig();
        var input = Row(rig.Place([1, 2, 3]), 3, 1);
        var output = Row(rig.Place(new byte[20]), 3, 8, sizeof(float));
        rig.Add(new Dequantize { Input = input, Output = output, Scale = 1 });
        var picture = rig.Run();
        Assert.That(Enumerable.Range(0, 5).Select(i => BitConverter.ToSingle(picture, (int)output.Address.Offset + (4 * i))), Is.EqualTo(new[] { 1f, 0, 2, 0, 3 }));
    }

    [Test]
    public void Quantize_FloatsThatOverlapAtTheEndOfSram_IsRefused()
    {
        const int Width = 20_000;
        var rig = new StreamRig();
        var output = Row(rig.Reserve(Width), Width, 1);
        rig.Add(new Quantize { Input = Row(rig.Place(new byte[Width + 3]), Width, 1, sizeof(float)), Output = output, Scale = 1 });
        AssertRefused(rig, "input overlaps itself");
    }

    [Test]
    public void TableLookup_ChannelStrideOfOneChannel_IsThatOfItsElements()
    {
        var rig = new StreamRig();
        var input = Row(rig.Place(new byte[8]), 4, 2) with { ChannelStride = 2 };
        rig.Add(new TableLookup { Input = input, Output = Row(rig.Reserve(4), 4, 1), Table = rig.Place(new byte[256]) });
        AssertRefused(rig, "input.channel is 2, expected 1");
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Convolution_PixelsThatOverlap_IsRefused(int pixelStride)
    {
        var rig = new StreamRig();
        var input = new FeatureMap { Address = rig.Place(new byte[Large / 4]), Height = 1, Width = Large / 8, Channels = 5, PixelStride = pixelStride, ChannelStride = 1 };
        rig.Add(new Convolution
        {
            Input = input, Output = Row(rig.Reserve(1), 1, 1), Window = Window.Unit, Groups = 1, Maximum = 255, Weights = rig.Place(new byte[128]), Table = rig.Place(new byte[8]),
        });
        AssertRefused(rig, "input overlaps itself");
    }

    [Test]
    public void MatrixMultiply_RowsThatOverlap_IsRefused()
    {
        var rig = new StreamRig();
        rig.Add(new MatrixMultiply
        {
            Input = rig.Place(new byte[4]), Output = rig.Reserve(100), Count = 100, Depth = 4, Outputs = 1, InputStride = 0, OutputStride = 1, Maximum = 255,
            Weights = rig.Place(new byte[64]), Table = rig.Place(new byte[8]),
        });
        AssertRefused(rig, "input overlaps itself");
    }

    [Test]
    public void MatrixProduct_StridesOfZero_IsRefused()
    {
        // Verified as one byte each, the second matrix would be packed into 32 GiB.
        var rig = new StreamRig();
        var address = rig.Place(new byte[16]);
        rig.Add(new MatrixProduct
        {
            First = new() { Address = address, Height = 1, Width = 1, Channels = Large }, Second = new() { Address = address, Height = 1, Width = Large, Channels = 1 << 12 },
            Output = Row(rig.Reserve(1 << 12), 1, 1) with { Channels = 1 << 12 }, Multiplier = 1, Maximum = 255,
        });
        AssertRefused(rig, "first.channel is 0, expected 1");
    }

    [Test]
    public void MatrixProduct_DepthStrideOfZero_IsRefused()
    {
        var rig = new StreamRig();
        rig.Add(new MatrixProduct
        {
            First = FeatureMap.Dense(rig.Place(new byte[1000]), 1, 1, 1000), Second = FeatureMap.Dense(rig.Place(new byte[7]), 1, 1000, 7) with { PixelStride = 0 },
            Output = FeatureMap.Dense(rig.Reserve(7), 1, 1, 7), Multiplier = 1, Maximum = 255,
        });
        AssertRefused(rig, "second overlaps itself");
    }

    [Test]
    public void Softmax_OutputAByteAfterItsInput_IsRefused()
    {
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place(new byte[17]), 1, 1, 16);
        rig.Add(new Softmax { Input = input, Output = input with { Address = input.Address + 1 }, Table = rig.Place(new byte[1024]), Scale = 255 });
        AssertRefused(rig, "output overlaps input");
    }

    [Test]
    public void Softmax_InPlace_EqualsThatWithAnOutputOfItsOwn()
    {
        var random = new Random(3);
        var (values, table) = (new byte[600], Enumerable.Range(0, 256).Select(i => MathF.Exp((i - 255) / 8f)).ToArray());
        random.NextBytes(values);
        byte[] Run(bool inPlace)
        {
            var rig = new StreamRig();
            var input = FeatureMap.Dense(rig.Place(values), 10, 20, 3);
            var output = inPlace ? input : input with { Address = rig.Reserve(values.Length) };
            rig.Add(new Softmax { Input = input, Output = output, Table = rig.Place(StreamRig.BytesOf(table)), Scale = 255 });
            return rig.Run().AsSpan((int)output.Address.Offset, values.Length).ToArray();
        }

        Assert.That(Run(inPlace: true), Is.EqualTo(Run(inPlace: false)));
    }

    [Test]
    public unsafe void SoftmaxKernel_OutputAByteAfterItsInput_ReadsNothingPastItsTable()
    {
        // What no verifier has seen: each result becomes the next input, far above the greatest that the first pass found.
        byte Last(byte beyond)
        {
            using var memory = new NativeBlock(64 + (2 * 1024));
            new Span<float>(memory.Pointer + 64, 256).Fill(1);
            new Span<byte>(memory.Pointer + 64 + 1024, 1024).Fill(beyond);
            var input = FeatureMap.Dense(Address.Sram(0), 1, 1, 2);
            var softmax = new Softmax { Input = input, Output = input with { Address = Address.Sram(1) }, Table = Address.Sram(64), Scale = 400 };
            var regions = stackalloc byte*[1];
            regions[0] = memory.Pointer;
            using var pool = new WorkerPool(1);
            Kernel.Of(softmax, new(new Workspace(), KernelLevel.MachineCode, pool))!.Run(new(regions));
            return memory.Pointer[2];
        }

        Assert.That(Last(0x42), Is.EqualTo(Last(0)));
    }

    [TestCase(float.MaxValue, 1, false, 5, (byte)255)]
    [TestCase(float.MaxValue, 1, true, -3, (byte)127)]
    [TestCase(float.NaN, 1, false, 5, (byte)0)]
    [TestCase(1, float.NaN, true, 5, (byte)128)]
    [TestCase(-100, 1, false, 5, (byte)0)]
    [TestCase(40, 1, false, 5, (byte)45)]
    [TestCase(40, 0, false, 5, (byte)5)]
    public void Softmax_ShareOutOfRange_IsLimited(float scale, float entry, bool signed, int zeroPoint, byte expected)
    {
        // One channel: its share is all of the scale; the table's value cancels out, unless it is no number.
        var rig = new StreamRig();
        var output = Row(rig.Reserve(1), 1, 1);
        var table = Enumerable.Repeat(scale == float.MaxValue ? 2f : entry, 256).ToArray();
        rig.Add(new Softmax { Flags = signed ? CommandFlags.OutputSigned : 0, Input = Row(rig.Place([9]), 1, 1), Output = output, Table = rig.Place(StreamRig.BytesOf(table)), Scale = scale, ZeroPoint = zeroPoint });
        Assert.That(rig.Run()[(int)output.Address.Offset], Is.EqualTo(expected));
    }

    [TestCase(1)]
    [TestCase(-1)]
    public void MaxPool_OutputBesideItsInput_IsRefused(int distance)
    {
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place(new byte[18]) + 1, 4, 4, 1);
        rig.Add(new MaxPool { Input = input, Output = input with { Address = input.Address + distance }, Window = Window.Unit });
        AssertRefused(rig, "output overlaps input");
    }

    [Test]
    public void MaxPool_OutputInChannelsThatItsInputLeavesOut_Runs()
    {
        // Pixels of 5 bytes: two channels in, two out, the last left alone.
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place([1, 2, 0, 0, 9, 3, 4, 0, 0, 9]), 1, 2, 2) with { PixelStride = 5 };
        rig.Add(new MaxPool { Input = input, Output = input with { Address = input.Address + 2 }, Window = Window.Unit });
        Assert.That(rig.Run()[..10], Is.EqualTo(new byte[] { 1, 2, 1, 2, 9, 3, 4, 3, 4, 9 }));
    }

    [Test]
    public void Add_OutputOverItsFirst_RunsAndOverABroadcastSecond_IsRefused()
    {
        StreamRig Rig(int distance)
        {
            var rig = new StreamRig();
            var first = FeatureMap.Dense(rig.Place(new byte[40]), 1, 1, 30);
            var second = first with { Address = first.Address + distance, ChannelStride = 0, PixelStride = 0, RowStride = 0 };
            rig.Add(new Add { First = first, Second = second, Output = first, RatioA = 1, RatioB = 1, Maximum = 255 });
            return rig;
        }

        Assert.That(() => Rig(32).Run(), Throws.Nothing);
        AssertRefused(Rig(4), "output overlaps second");
    }

    [Test]
    public void TableLookup_OutputOverItsTable_IsRefused()
    {
        var rig = new StreamRig();
        var table = rig.Place(new byte[256]);
        rig.Add(new TableLookup { Input = Row(rig.Place(new byte[8]), 8, 1), Output = Row(table + 3, 8, 1), Table = table });
        AssertRefused(rig, "output overlaps table");
    }

    private static FeatureMap Row(Address address, int width, int stride, int elementBytes = 1) =>
        new() { Address = address, Height = 1, Width = width, Channels = 1, PixelStride = stride, ChannelStride = elementBytes };

    private static byte[] Bytes(byte[] picture, FeatureMap map) => picture.AsSpan((int)map.Address.Offset, (int)map.Elements).ToArray();

    private static void AssertRefused(StreamRig rig, string reason) =>
        Assert.That(() => rig.Run(), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains(reason));
}
