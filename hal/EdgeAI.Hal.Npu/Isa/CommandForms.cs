namespace EdgeAI.Hal.Npu.Isa;

/// <summary>A command that one engine alone can execute; it refuses another in its header.</summary>
internal abstract record EngineCommand(Opcode Opcode, NpuEngine Home) : ICommand
{
    public NpuEngine Engine
    {
        get => Home;
        set => _ = value == Home ? value : throw new ExecutableFormatException($"NPU command {Opcode}: engine {value}, expected {Home}.");
    }

    public CommandFlags Flags { get; set; }

    public abstract void Visit(IFieldVisitor visitor);
}

/// <summary>A command from one map to another.</summary>
internal abstract record MapCommand(Opcode Opcode, NpuEngine Home) : EngineCommand(Opcode, Home)
{
    public FeatureMap Input;
    public FeatureMap Output;

    public override void Visit(IFieldVisitor visitor)
    {
        Input.Visit("input", visitor);
        Output.Visit("output", visitor);
    }
}

/// <summary>A command whose window slides over a map.</summary>
internal abstract record WindowCommand(Opcode Opcode, NpuEngine Home) : MapCommand(Opcode, Home)
{
    public Window Window;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        Window.Visit(visitor);
    }
}

/// <summary>A command from two maps to a third.</summary>
internal abstract record PairCommand(Opcode Opcode, NpuEngine Home) : EngineCommand(Opcode, Home)
{
    public FeatureMap First;
    public FeatureMap Second;
    public FeatureMap Output;

    /// <summary>Bounds of the result in the output's quantized domain.</summary>
    public int Minimum;
    /// <inheritdoc cref="Minimum"/>
    public int Maximum;

    public override void Visit(IFieldVisitor visitor)
    {
        First.Visit("first", visitor);
        Second.Visit("second", visitor);
        Output.Visit("output", visitor);
        VisitParameters(visitor);
        visitor.Int("minimum", ref Minimum);
        visitor.Int("maximum", ref Maximum);
    }

    /// <summary>The fields between the maps and the bounds.</summary>
    protected abstract void VisitParameters(IFieldVisitor visitor);
}

/// <summary>A command between maps with one scale and zero point.</summary>
internal abstract record ScaledCommand(Opcode Opcode) : MapCommand(Opcode, NpuEngine.Vector)
{
    public float Scale;
    public int ZeroPoint;

    public override void Visit(IFieldVisitor visitor)
    {
        base.Visit(visitor);
        visitor.Float("scale", ref Scale);
        visitor.Int("zero", ref ZeroPoint);
    }
}

/// <summary>A product of differences from zero points, scaled by one multiplier.</summary>
internal abstract record ProductCommand(Opcode Opcode, NpuEngine Home) : PairCommand(Opcode, Home)
{
    public int ZeroPointA;
    public int ZeroPointB;
    public float Multiplier;
    public int OutputZeroPoint;

    protected override void VisitParameters(IFieldVisitor visitor)
    {
        visitor.Int("zero.a", ref ZeroPointA);
        visitor.Int("zero.b", ref ZeroPointB);
        visitor.Float("multiplier", ref Multiplier);
        visitor.Int("zero", ref OutputZeroPoint);
    }
}
