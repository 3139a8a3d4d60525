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
    /// <param name="context">What the program's kernels share.</param>
    public static Kernel? Of(ICommand command, KernelContext context) => Of(command, context, context.Level == KernelLevel.Scalar);

    private static Kernel? Of(ICommand command, KernelContext context, bool scalar) => command switch
    {
        Copy copy => new CopyKernel(copy),
        Fill fill => new FillKernel(fill),
        Convolution convolution => OfConvolution(convolution, context),
        MatrixMultiply product => OfConvolution(product.AsConvolution(), context),
        MatrixProduct product => new MatrixProductKernel(product, context.Workspace.NewSlot(), scalar),
        MaxPool pool => new MaxPoolKernel(pool, scalar),
        AveragePool pool => new AveragePoolKernel(pool, scalar),
        GlobalAveragePool pool => new GlobalAveragePoolKernel(pool),
        Add add => new PairKernel<AddOperation>(new(add), add.First, add.Second, add.Output, add.Flags, scalar),
        Multiply multiply => new PairKernel<MultiplyOperation>(new(multiply), multiply.First, multiply.Second, multiply.Output, multiply.Flags, scalar),
        Arithmetic pair => new PairKernel<RealOperation>(new(pair), pair.First, pair.Second, pair.Output, pair.Flags, scalar),
        Softmax softmax => new SoftmaxKernel(softmax, scalar),
        Gather gather => new GatherKernel(gather),
        Interpolate resize => new InterpolateKernel(resize),
        TableLookup lookup => new TableKernel(lookup, scalar),
        Quantize quantize => new QuantizeKernel(quantize, scalar),
        Dequantize dequantize => new DequantizeKernel(dequantize),
        _ => null,
    };

    private static Kernel OfConvolution(in Convolution command, KernelContext context) => (context.IsVector, command.Flags.HasFlag(CommandFlags.Depthwise)) switch
    {
        (false, _) => new ScalarConvolutionKernel(command),
        (true, true) when context.DepthwiseCode is { } code && MachineDepthwiseKernel.Takes(command) => new MachineDepthwiseKernel(command, context, code),
        (true, true) => new DepthwiseKernel(command, context.Workspace.NewSlot()),
        (true, false) => new ConvolutionKernel(command, context),
    };
}
