namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Greatest value under the window; positions outside the map do not count. Input and output signedness are equal (flag InputSigned).</summary>
internal sealed record MaxPool() : WindowCommand(Opcode.MaxPool, NpuEngine.Vector);

/// <summary>
/// ONNX Runtime's QLinearAveragePool: each value under the window as (q − InputZeroPoint)·InputScale, summed row-major in float32,
/// divided by n, y = sat(rne(v / OutputScale + OutputZeroPoint)). n counts positions inside the map, or with CountIncludePad those
/// inside the map and its padding.
/// </summary>
internal sealed record AveragePool() : WindowCommand(Opcode.AveragePool, NpuEngine.Vector)
{
    public int PadBottom;
    public int PadRight;
    public int InputZeroPoint;
    public int OutputZeroPoint;
    public float InputScale;
    public float OutputScale;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Int("pad.bottom", ref PadBottom);
        visitor.Int("pad.right", ref PadRight);
        visitor.Int("input.zero", ref InputZeroPoint);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Float("input.scale", ref InputScale);
        visitor.Float("scale", ref OutputScale);
    }
}

/// <summary>Mean over the whole map, output 1×1×C: acc = Σx − n·InputZeroPoint, y = rne(clamp(float(acc)·Multiplier, qmin − zp, qmax − zp)) + zp; Multiplier = s_x/(s_y·float(n)).</summary>
internal sealed record GlobalAveragePool() : MapCommand(Opcode.GlobalAveragePool, NpuEngine.Vector)
{
    public int InputZeroPoint;
    public int OutputZeroPoint;
    public float Multiplier;
    public int Reserved;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Int("input.zero", ref InputZeroPoint);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Float("multiplier", ref Multiplier);
        visitor.Int("reserved", ref Reserved);
    }
}

/// <summary>y = clamp(rne(fma(a, RatioA, fma(b, RatioB, Offset))), Minimum, Maximum) of raw 8-bit a and b; Offset = zp − fma(RatioA, zp_a, RatioB·zp_b). First and Second have the output's extents; strides of 0 broadcast.</summary>
internal sealed record Add() : PairCommand(Opcode.Add, NpuEngine.Vector)
{
    public float RatioA;
    public float RatioB;
    public float Offset;

    protected override void VisitParameters(IFieldVisitor visitor)
    {
        visitor.Float("ratio.a", ref RatioA);
        visitor.Float("ratio.b", ref RatioB);
        visitor.Float("offset", ref Offset);
    }
}

/// <summary>y = clamp(rne(float((a − ZeroPointA)(b − ZeroPointB))·Multiplier + OutputZeroPoint), Minimum, Maximum); Multiplier = s_a·s_b/s_c. Broadcast as in <see cref="Add"/>.</summary>
internal sealed record Multiply() : ProductCommand(Opcode.Multiply, NpuEngine.Vector);

/// <summary>What <see cref="Arithmetic"/> does with two real numbers.</summary>
internal enum ArithmeticOperation
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
    /// <summary>a where a ≥ 0, else a·b.</summary>
    ParametricRelu,
}

/// <summary>
/// Both operands as real numbers, (q − zero)·scale in float32, one float32 operation, and QuantizeLinear's rule:
/// y = clamp(rne(clamp(v / Scale, qmin − zp, qmax − zp)) + zp, Minimum, Maximum), NaN gives qmin. Broadcast as in <see cref="Add"/>.
/// </summary>
internal sealed record Arithmetic() : PairCommand(Opcode.Arithmetic, NpuEngine.Vector)
{
    public int Operation;
    public int ZeroPointA;
    public int ZeroPointB;
    public int OutputZeroPoint;
    public float ScaleA;
    public float ScaleB;
    public float Scale;

    protected override void VisitParameters(IFieldVisitor visitor)
    {
        visitor.Int("operation", ref Operation);
        visitor.Int("zero.a", ref ZeroPointA);
        visitor.Int("zero.b", ref ZeroPointB);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Float("scale.a", ref ScaleA);
        visitor.Float("scale.b", ref ScaleB);
        visitor.Float("scale", ref Scale);
    }
}

/// <summary>y = table[x] with x as an unsigned byte; the table is 256 bytes.</summary>
internal sealed record TableLookup() : MapCommand(Opcode.TableLookup, NpuEngine.Vector)
{
    public Address Table;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Address("table", ref Table);
    }
}

/// <summary>QuantizeLinear: y = rne(clamp(x / Scale, qmin − zp, qmax − zp)) + zp, NaN gives qmin. The input holds float32 (strides in bytes).</summary>
internal sealed record Quantize() : ScaledCommand(Opcode.Quantize);

/// <summary>DequantizeLinear: y = (x − ZeroPoint)·Scale. The output holds float32 (strides in bytes).</summary>
internal sealed record Dequantize() : ScaledCommand(Opcode.Dequantize);

/// <summary>
/// Softmax over the channels of each pixel by the rule of ONNX Runtime's QLinearSoftmax: e(x) = Table[x − greatest x of the pixel + 255],
/// y = min(rne(e·Scale / Σe) + zp, qmax), the sum in float32 in the order of the channels; a sum of 0 gives zp. The table is 256 float32.
/// </summary>
internal sealed record Softmax() : ScaledCommand(Opcode.Softmax)
{
    public Address Table;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Address("table", ref Table);
    }
}

/// <summary>
/// Picks pixels: output pixel (y, x) is input pixel (Table[y], Table[Output.Height + x]), int32 each; where one of them lies outside the
/// input, every channel is PadValue.
/// </summary>
internal sealed record Gather() : MapCommand(Opcode.Gather, NpuEngine.Vector)
{
    public Address Table;
    public int PadValue;
    public int Reserved;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Address("table", ref Table);
        visitor.Int("pad.value", ref PadValue);
        visitor.Int("reserved", ref Reserved);
    }
}

/// <summary>
/// Interpolates linearly between two rows and two columns for each output row and column. The table holds for each output row, then for
/// each output column: int32 first, int32 second, float32 weight of the first, float32 weight of the second; positions are limited to the
/// map. With a, b, c, d the real values (q − InputZeroPoint)·InputScale at (first row, first column), (first, second), (second, first),
/// (second, second): v = wx1·wy1·a + wx2·wy1·b + wx1·wy2·c + wx2·wy2·d in float32 from left to right, y by QuantizeLinear's rule.
/// </summary>
internal sealed record Interpolate() : MapCommand(Opcode.Interpolate, NpuEngine.Vector)
{
    /// <summary>Bytes of the table per output row and column.</summary>
    public const int EntryBytes = 16;

    public Address Table;
    public int InputZeroPoint;
    public int OutputZeroPoint;
    public float InputScale;
    public float OutputScale;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Address("table", ref Table);
        visitor.Int("input.zero", ref InputZeroPoint);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Float("input.scale", ref InputScale);
        visitor.Float("scale", ref OutputScale);
    }
}
