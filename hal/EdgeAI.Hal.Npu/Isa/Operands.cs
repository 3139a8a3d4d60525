namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Numbers of the memory regions that a command may name.</summary>
internal static class Region
{
    /// <summary>The NPU's private memory.</summary>
    public const int Sram = 0;
    /// <summary>Read-only DRAM: weights and tables.</summary>
    public const int Constants = 1;
    /// <summary>DRAM for what does not fit SRAM; undefined at the start of a run.</summary>
    public const int Scratch = 2;
    /// <summary>The first bound input; inputs are read-only and are followed by outputs.</summary>
    public const int FirstBinding = 3;
    /// <summary>Regions that a device has base registers for.</summary>
    public const int Limit = 64;
}

/// <summary>A byte in a region. Encoded in one word: bits 0…39 offset, bits 40…47 region, the rest 0.</summary>
internal readonly record struct Address(int Region, long Offset)
{
    public const int OffsetBits = 40;

    public static Address Sram(long offset) => new(Isa.Region.Sram, offset);

    public static Address Constants(long offset) => new(Isa.Region.Constants, offset);

    public static Address Scratch(long offset) => new(Isa.Region.Scratch, offset);

    /// <summary>Input i.</summary>
    public static Address Input(int index, long offset = 0) => new(Isa.Region.FirstBinding + index, offset);

    /// <summary>Output i of an image with <paramref name="inputCount"/> inputs.</summary>
    public static Address Output(int inputCount, int index, long offset = 0) => new(Isa.Region.FirstBinding + inputCount + index, offset);

    public static Address operator +(Address address, long bytes) => address with { Offset = checked(address.Offset + bytes) };

    public override string ToString() => $"r{Region}+0x{Offset:x}";
}

/// <summary>
/// A feature map in memory, channels innermost: element (y, x, c) lies at Address + y·RowStride + x·PixelStride + c·ChannelStride
/// bytes. Strides of 0 broadcast (element-wise inputs only).
/// </summary>
internal record struct FeatureMap
{
    public Address Address;
    public int Height;
    public int Width;
    public int Channels;
    public int RowStride;
    public int PixelStride;
    public int ChannelStride;

    /// <summary>A dense map of elements of <paramref name="elementBytes"/> bytes.</summary>
    public static FeatureMap Dense(Address address, int height, int width, int channels, int elementBytes = 1) => checked(new()
    {
        Address = address, Height = height, Width = width, Channels = channels,
        ChannelStride = elementBytes, PixelStride = channels * elementBytes, RowStride = width * channels * elementBytes,
    });

    /// <summary>True when elements follow one another without gaps.</summary>
    public readonly bool IsDense(int elementBytes = 1) =>
        (Channels == 1 || ChannelStride == elementBytes)
        && (Width == 1 || PixelStride == (long)Channels * elementBytes)
        && (Height == 1 || RowStride == (long)Width * Channels * elementBytes);

    public readonly long Pixels => (long)Height * Width;

    public readonly long Elements => Pixels * Channels;

    internal void Visit(string name, IFieldVisitor visitor)
    {
        visitor.Address(name, ref Address);
        visitor.Int(name + ".height", ref Height);
        visitor.Int(name + ".width", ref Width);
        visitor.Int(name + ".channels", ref Channels);
        visitor.Int(name + ".row", ref RowStride);
        visitor.Int(name + ".pixel", ref PixelStride);
        visitor.Int(name + ".channel", ref ChannelStride);
    }
}

/// <summary>One loop of a copy: how often, and how far both ends move each time, in bytes.</summary>
internal record struct CopyLoop
{
    public int Count;
    public int SourceStride;
    public int DestinationStride;

    public CopyLoop(int count, int sourceStride, int destinationStride) =>
        (Count, SourceStride, DestinationStride) = (count, sourceStride, destinationStride);

    /// <summary>A loop of one turn.</summary>
    public static CopyLoop Once => new(1, 0, 0);

    internal void Visit(string name, IFieldVisitor visitor)
    {
        visitor.Int(name + ".count", ref Count);
        visitor.Int(name + ".source", ref SourceStride);
        visitor.Int(name + ".destination", ref DestinationStride);
    }
}

/// <summary>Kernel geometry of convolutions and pools. Input row of output row y and tap ky: y·StrideY − PadTop + ky·DilationY.</summary>
internal record struct Window
{
    public int KernelHeight;
    public int KernelWidth;
    public int StrideY;
    public int StrideX;
    public int DilationY;
    public int DilationX;
    public int PadTop;
    public int PadLeft;

    /// <summary>A 1×1 kernel of stride 1 without padding.</summary>
    public static Window Unit => Of(1, 1);

    /// <summary>A window with dilation 1.</summary>
    public static Window Of(int kernelHeight, int kernelWidth, int strideY = 1, int strideX = 1, int padTop = 0, int padLeft = 0) => new()
    {
        KernelHeight = kernelHeight, KernelWidth = kernelWidth, StrideY = strideY, StrideX = strideX,
        DilationY = 1, DilationX = 1, PadTop = padTop, PadLeft = padLeft,
    };

    public readonly int Taps => KernelHeight * KernelWidth;

    internal void Visit(IFieldVisitor visitor)
    {
        visitor.Int("kernel.height", ref KernelHeight);
        visitor.Int("kernel.width", ref KernelWidth);
        visitor.Int("stride.y", ref StrideY);
        visitor.Int("stride.x", ref StrideX);
        visitor.Int("dilation.y", ref DilationY);
        visitor.Int("dilation.x", ref DilationX);
        visitor.Int("pad.top", ref PadTop);
        visitor.Int("pad.left", ref PadLeft);
    }
}
