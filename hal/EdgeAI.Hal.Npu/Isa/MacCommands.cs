namespace EdgeAI.Hal.Npu.Isa;

/// <summary>
/// Convolution: acc[c] = B[c] + Σ x·(w − wzp[c]) in wrapping int32, y = rne(clamp(float(acc)·m[c], Minimum − zp, Maximum − zp)) + zp.
/// x is the raw 8-bit value (PadValue outside the map), so B is the bias less the input zero point's part. Layouts: docs/npu/isa.md.
/// </summary>
internal sealed record Convolution() : WindowCommand(Opcode.Convolution, NpuEngine.Mac)
{
    public int Groups;
    public int PadValue;
    public int OutputZeroPoint;
    public int Minimum;
    public int Maximum;
    public Address Weights;
    public Address Table;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Int("groups", ref Groups);
        visitor.Int("pad.value", ref PadValue);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Int("minimum", ref Minimum);
        visitor.Int("maximum", ref Maximum);
        visitor.Address("weights", ref Weights);
        visitor.Address("table", ref Table);
    }
}

/// <summary>
/// Matrix product of activations [Count × Depth] and packed weights [Depth × Outputs]: the arithmetic and weight layout of a
/// 1×1 convolution. Row i of the input lies at Input + i·InputStride, of the output at Output + i·OutputStride.
/// </summary>
internal sealed record MatrixMultiply() : EngineCommand(Opcode.MatrixMultiply, NpuEngine.Mac)
{
    public Address Input;
    public Address Output;
    public Address Weights;
    public Address Table;
    public int Count;
    public int Depth;
    public int Outputs;
    public int InputStride;
    public int OutputStride;
    public int OutputZeroPoint;
    public int Minimum;
    public int Maximum;

    public override void Visit(IFieldVisitor visitor)
    {
        visitor.Address("input", ref Input);
        visitor.Address("output", ref Output);
        visitor.Address("weights", ref Weights);
        visitor.Address("table", ref Table);
        visitor.Int("count", ref Count);
        visitor.Int("depth", ref Depth);
        visitor.Int("outputs", ref Outputs);
        visitor.Int("input.row", ref InputStride);
        visitor.Int("output.row", ref OutputStride);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Int("minimum", ref Minimum);
        visitor.Int("maximum", ref Maximum);
    }

    /// <summary>The same work as a 1×1 convolution over a map of height 1.</summary>
    public Convolution AsConvolution() => new()
    {
        Flags = Flags & ~CommandFlags.Depthwise,
        Input = new() { Address = Input, Height = 1, Width = Count, Channels = Depth, PixelStride = InputStride, ChannelStride = 1 },
        Output = new() { Address = Output, Height = 1, Width = Count, Channels = Outputs, PixelStride = OutputStride, ChannelStride = 1 },
        Window = Window.Unit, Groups = 1, OutputZeroPoint = OutputZeroPoint, Minimum = Minimum, Maximum = Maximum,
        Weights = Weights, Table = Table,
    };
}

/// <summary>
/// Products of pairs of matrices, both activations: First [batch × rows × depth] (its height, width, channels), Second
/// [batch × depth × columns], Output [batch × rows × columns]. acc = Σ (a − ZeroPointA)(b − ZeroPointB) in wrapping int32, then as
/// in <see cref="Convolution"/> with one Multiplier = s_a·s_b/s_c. A row stride of 0 uses one matrix for the whole batch.
/// </summary>
internal sealed record MatrixProduct() : ProductCommand(Opcode.MatrixProduct, NpuEngine.Mac);
