using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Host addresses of the regions of a run, by region number.</summary>
internal readonly unsafe struct RegionPointers(byte** bases)
{
    public byte* this[Address address] => bases[address.Region] + address.Offset;
}

/// <summary>One command, prepared: executing it allocates nothing. Its operands have been verified.</summary>
internal abstract class Kernel
{
    public abstract void Run(RegionPointers regions);

    /// <summary>The kernel of a command; null for commands that only order others.</summary>
    /// <param name="command">A verified command.</param>
    /// <param name="workspace">Memory that the program's kernels share.</param>
    /// <param name="scalar">Use the plain loops that the vector code is compared with.</param>
    public static Kernel? Of(ICommand command, Workspace workspace, bool scalar) => command switch
    {
        Copy copy => new CopyKernel(copy),
        Fill fill => new FillKernel(fill),
        Convolution convolution => OfConvolution(convolution, workspace, scalar),
        MatrixMultiply product => OfConvolution(product.AsConvolution(), workspace, scalar),
        MatrixProduct product => new MatrixProductKernel(product, workspace.NewSlot(), scalar),
        MaxPool pool => new MaxPoolKernel(pool, scalar),
        AveragePool pool => new AveragePoolKernel(pool, scalar),
        GlobalAveragePool pool => new GlobalAveragePoolKernel(pool),
        Add add => new PairKernel<AddOperation>(new(add), add.First, add.Second, add.Output, add.Flags, scalar),
        Multiply multiply => new PairKernel<MultiplyOperation>(new(multiply), multiply.First, multiply.Second, multiply.Output, multiply.Flags, scalar),
        Arithmetic pair => new PairKernel<RealOperation>(new(pair), pair.First, pair.Second, pair.Output, pair.Flags, scalar),
        Softmax softmax => new SoftmaxKernel(softmax),
        Gather gather => new GatherKernel(gather),
        Interpolate resize => new InterpolateKernel(resize),
        TableLookup lookup => new TableKernel(lookup),
        Quantize quantize => new QuantizeKernel(quantize),
        Dequantize dequantize => new DequantizeKernel(dequantize),
        _ => null,
    };

    private static Kernel OfConvolution(in Convolution command, Workspace workspace, bool scalar)
    {
        var isVector = !scalar && System.Runtime.Intrinsics.X86.Avx2.IsSupported;
        return (isVector, command.Flags.HasFlag(CommandFlags.Depthwise)) switch
        {
            (false, _) => new ScalarConvolutionKernel(command),
            (true, true) => new DepthwiseKernel(command, workspace.NewSlot()),
            (true, false) => new ConvolutionKernel(command, workspace.NewSlot()),
        };
    }
}
