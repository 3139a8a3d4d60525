namespace EdgeAI.Hal.Npu;

/// <summary>The parts of the machine that run side by side; semaphores in the command stream order them.</summary>
public enum NpuEngine : byte
{
    /// <summary>First copy engine: by custom DRAM to SRAM.</summary>
    DmaIn = 0,
    /// <summary>Second copy engine: by custom SRAM to DRAM.</summary>
    DmaOut = 1,
    /// <summary>Multiply-accumulate array: convolution and matrix product.</summary>
    Mac = 2,
    /// <summary>Vector unit: pooling, element-wise, tables, conversion.</summary>
    Vector = 3,
}

/// <summary>Facts about <see cref="NpuEngine"/>.</summary>
public static class NpuEngines
{
    /// <summary>Number of engines.</summary>
    public const int Count = 4;
}
