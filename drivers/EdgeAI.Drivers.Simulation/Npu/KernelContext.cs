using System.Runtime.Intrinsics.X86;
using EdgeAI.Drivers.Simulation.Npu.HostCode;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>How kernels compute: all give the same bits.</summary>
internal enum KernelLevel
{
    /// <summary>Plain loops.</summary>
    Scalar,

    /// <summary>The vector instructions that .NET exposes.</summary>
    Vector,

    /// <summary>Also machine code made at run time, where the processor and the system allow it.</summary>
    MachineCode,
}

/// <summary>What the kernels of a program share.</summary>
internal sealed record KernelContext(Workspace Workspace, KernelLevel Level, WorkerPool Pool)
{
    /// <summary>True where convolutions use vectors.</summary>
    public bool IsVector => Level != KernelLevel.Scalar && Avx2.IsSupported;

    /// <summary>Machine code of dense convolutions; null where there is none.</summary>
    public TileCode? TileCode => Level == KernelLevel.MachineCode ? HostCode.TileCode.ForThisProcessor : null;

    /// <summary>Machine code of depthwise convolutions; null where there is none.</summary>
    public DepthwiseCode? DepthwiseCode => Level == KernelLevel.MachineCode ? HostCode.DepthwiseCode.ForThisProcessor : null;
}
