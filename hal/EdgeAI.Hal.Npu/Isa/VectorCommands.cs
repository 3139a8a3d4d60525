namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Greatest value under the window; positions outside the map do not count. Input and output signedness are equal (flag InputSigned).</summary>
internal record struct MaxPool : ICommand
{
    public FeatureMap Input;
    public FeatureMap Output;
    public Window Window;

    public readonly Opcode Opcode => Opcode.MaxPool;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
        Window.Visit(visitor);
    }
}

/// <summary>
/// ONNX Runtime's QLinearAveragePool: each value under the window as (q − InputZeroPoint)·InputScale, summed row-major in float32,
/// divided by n, y = sat(rne(v / OutputScale + OutputZeroPoint)). n counts positions inside the map, or with CountIncludePad those
/// inside the map and its padding.
/// </summary>
internal record struct AveragePool : ICommand
{
    public FeatureMap Input;
    public FeatureMap Output;
    public Window Window;
    public int PadBottom;
    public int PadRight;
    public int InputZeroPoint;
    public int OutputZeroPoint;
    public float InputScale;
    public float OutputScale;

    public readonly Opcode Opcode => Opcode.AveragePool;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
        Window.Visit(visitor);
        visitor.Int("pad.bottom", ref PadBottom);
        visitor.Int("pad.right", ref PadRight);
        visitor.Int("input.zero", ref InputZeroPoint);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Float("input.scale", ref InputScale);
        visitor.Float("scale", ref OutputScale);
    }
}

/// <summary>Mean over the whole map, output 1×1×C: acc = Σx − n·InputZeroPoint, y = rne(clamp(float(acc)·Multiplier, qmin − zp, qmax − zp)) + zp; Multiplier = s_x/(s_y·float(n)).</summary>
internal record struct GlobalAveragePool : ICommand
{
    public FeatureMap Input;
    public FeatureMap Output;
    public int InputZeroPoint;
    public int OutputZeroPoint;
    public float Multiplier;
    public int Reserved;

    public readonly Opcode Opcode => Opcode.GlobalAveragePool;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
        visitor.Int("input.zero", ref InputZeroPoint);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Float("multiplier", ref Multiplier);
        visitor.Int("reserved", ref Reserved);
    }
}

/// <summary>y = clamp(rne(fma(a, RatioA, fma(b, RatioB, Offset))), Minimum, Maximum) of raw 8-bit a and b; Offset = zp − fma(RatioA, zp_a, RatioB·zp_b). First and Second have the output's extents; strides of 0 broadcast.</summary>
internal record struct Add : ICommand
{
    public FeatureMap First;
    public FeatureMap Second;
    public FeatureMap Output;
    public float RatioA;
    public float RatioB;
    public float Offset;
    public int Minimum;
    public int Maximum;
    public int Reserved;

    public readonly Opcode Opcode => Opcode.Add;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        First.Visit("first", visitor);
        Second.Visit("second", visitor);
        Output.Visit("output", visitor);
        visitor.Float("ratio.a", ref RatioA);
        visitor.Float("ratio.b", ref RatioB);
        visitor.Float("offset", ref Offset);
        visitor.Int("minimum", ref Minimum);
        visitor.Int("maximum", ref Maximum);
        visitor.Int("reserved", ref Reserved);
    }
}

/// <summary>y = clamp(rne(float((a − ZeroPointA)(b − ZeroPointB))·Multiplier + OutputZeroPoint), Minimum, Maximum); Multiplier = s_a·s_b/s_c. Broadcast as in <see cref="Add"/>.</summary>
internal record struct Multiply : ICommand
{
    public FeatureMap First;
    public FeatureMap Second;
    public FeatureMap Output;
    public int ZeroPointA;
    public int ZeroPointB;
    public float Multiplier;
    public int OutputZeroPoint;
    public int Minimum;
    public int Maximum;

    public readonly Opcode Opcode => Opcode.Multiply;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        First.Visit("first", visitor);
        Second.Visit("second", visitor);
        Output.Visit("output", visitor);
        visitor.Int("zero.a", ref ZeroPointA);
        visitor.Int("zero.b", ref ZeroPointB);
        visitor.Float("multiplier", ref Multiplier);
        visitor.Int("zero", ref OutputZeroPoint);
        visitor.Int("minimum", ref Minimum);
        visitor.Int("maximum", ref Maximum);
    }
}

/// <summary>y = table[x] with x as an unsigned byte; the table is 256 bytes.</summary>
internal record struct TableLookup : ICommand
{
    public FeatureMap Input;
    public FeatureMap Output;
    public Address Table;

    public readonly Opcode Opcode => Opcode.TableLookup;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
        visitor.Address("table", ref Table);
    }
}

/// <summary>QuantizeLinear: y = rne(clamp(x / Scale, qmin − zp, qmax − zp)) + zp, NaN gives qmin. The input holds float32 (strides in bytes).</summary>
internal record struct Quantize : ICommand
{
    public FeatureMap Input;
    public FeatureMap Output;
    public float Scale;
    public int ZeroPoint;

    public readonly Opcode Opcode => Opcode.Quantize;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
        visitor.Float("scale", ref Scale);
        visitor.Int("zero", ref ZeroPoint);
    }
}

/// <summary>DequantizeLinear: y = (x − ZeroPoint)·Scale. The output holds float32 (strides in bytes).</summary>
internal record struct Dequantize : ICommand
{
    public FeatureMap Input;
    public FeatureMap Output;
    public float Scale;
    public int ZeroPoint;

    public readonly Opcode Opcode => Opcode.Dequantize;

    public NpuEngine Engine { readonly get => NpuEngine.Vector; set => EngineRule.Check(value, NpuEngine.Vector, Opcode); }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
        visitor.Float("scale", ref Scale);
        visitor.Int("zero", ref ZeroPoint);
    }
}
