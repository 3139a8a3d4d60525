namespace EdgeAI.Hal.Npu.Isa;

/// <summary>
/// Sees each field of a command in encoding order: the encoder, decoder, printer and parser are visitors, so a command's
/// layout is written once. Ints and floats take half a word, addresses a whole one (aligned).
/// </summary>
internal interface IFieldVisitor
{
    void Int(string name, ref int value);

    void Float(string name, ref float value);

    void Address(string name, ref Address value);
}

/// <summary>A command: opcode, engine and flags in the first word, then its fields.</summary>
internal interface ICommand
{
    Opcode Opcode { get; }

    NpuEngine Engine { get; set; }

    CommandFlags Flags { get; set; }

    void Visit(IFieldVisitor visitor);
}

/// <summary>The last command: the run is over when every engine has finished. Its engine is DmaIn (0).</summary>
internal record struct End : ICommand
{
    public readonly Opcode Opcode => Opcode.End;

    public NpuEngine Engine { get; set; }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
    }
}

/// <summary>The engine goes on when counter <see cref="Semaphore"/> is at least <see cref="Value"/>. Counters start at 0 in each run and only rise.</summary>
internal record struct Wait : ICommand
{
    public int Semaphore;
    public int Value;

    public readonly Opcode Opcode => Opcode.Wait;

    public NpuEngine Engine { get; set; }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        visitor.Int("semaphore", ref Semaphore);
        visitor.Int("value", ref Value);
    }
}

/// <summary>Adds 1 to counter <see cref="Semaphore"/> when the engine has finished all its earlier commands.</summary>
internal record struct Signal : ICommand
{
    public int Semaphore;
    public int Reserved;

    public readonly Opcode Opcode => Opcode.Signal;

    public NpuEngine Engine { get; set; }

    public CommandFlags Flags { get; set; }

    public void Visit(IFieldVisitor visitor)
    {
        visitor.Int("semaphore", ref Semaphore);
        visitor.Int("reserved", ref Reserved);
    }
}

/// <summary>Copies runs of <see cref="RunBytes"/> contiguous bytes, in four nested loops (Loop0 outermost). Source and destination must not overlap.</summary>
internal record struct Copy : ICommand
{
    public Address Source;
    public Address Destination;
    public int RunBytes;
    public CopyLoop Loop0;
    public CopyLoop Loop1;
    public CopyLoop Loop2;
    public CopyLoop Loop3;

    public readonly Opcode Opcode => Opcode.Copy;

    public NpuEngine Engine { get; set; }

    public CommandFlags Flags { get; set; }

    /// <summary>A copy of contiguous bytes.</summary>
    public static Copy Linear(NpuEngine engine, Address source, Address destination, int bytes) =>
        Strided(engine, source, destination, bytes, CopyLoop.Once);

    /// <summary>A copy in up to four loops; those not named turn once.</summary>
    public static Copy Strided(NpuEngine engine, Address source, Address destination, int runBytes, CopyLoop inner, CopyLoop? outer = null, CopyLoop? third = null, CopyLoop? fourth = null) => new()
    {
        Engine = engine, Source = source, Destination = destination, RunBytes = runBytes,
        Loop3 = inner, Loop2 = outer ?? CopyLoop.Once, Loop1 = third ?? CopyLoop.Once, Loop0 = fourth ?? CopyLoop.Once,
    };

    public void Visit(IFieldVisitor visitor)
    {
        visitor.Address("source", ref Source);
        visitor.Address("destination", ref Destination);
        visitor.Int("run", ref RunBytes);
        Loop0.Visit("loop0", visitor);
        Loop1.Visit("loop1", visitor);
        Loop2.Visit("loop2", visitor);
        Loop3.Visit("loop3", visitor);
    }
}

/// <summary>Writes one byte value into runs of <see cref="RunBytes"/> bytes, in four nested loops (source strides are 0).</summary>
internal record struct Fill : ICommand
{
    public Address Destination;
    public int RunBytes;
    public int Value;
    public CopyLoop Loop0;
    public CopyLoop Loop1;
    public CopyLoop Loop2;
    public CopyLoop Loop3;

    public readonly Opcode Opcode => Opcode.Fill;

    public NpuEngine Engine { get; set; }

    public CommandFlags Flags { get; set; }

    /// <summary>A fill of contiguous bytes.</summary>
    public static Fill Linear(NpuEngine engine, Address destination, int bytes, byte value) => new()
    {
        Engine = engine, Destination = destination, RunBytes = bytes, Value = value,
        Loop0 = CopyLoop.Once, Loop1 = CopyLoop.Once, Loop2 = CopyLoop.Once, Loop3 = CopyLoop.Once,
    };

    public void Visit(IFieldVisitor visitor)
    {
        visitor.Address("destination", ref Destination);
        visitor.Int("run", ref RunBytes);
        visitor.Int("value", ref Value);
        Loop0.Visit("loop0", visitor);
        Loop1.Visit("loop1", visitor);
        Loop2.Visit("loop2", visitor);
        Loop3.Visit("loop3", visitor);
    }
}
