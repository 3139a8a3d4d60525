using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// Softmax from the unit's own operations: greatest element, e^(x − greatest) and its sum, then a product with the sum's
/// reciprocal; for the logarithm x − greatest − ln sum. Rows add up in 32 lanes, columns (inner &gt; 1) one by one.
/// </summary>
internal sealed unsafe class SoftmaxKernel(LoopEngine engine)
{
    private const int Tile = LoopEngine.TileLength;

    private readonly float* _values = engine.Register(0);
    private readonly float* _greatest = engine.Register(1);
    private readonly float* _sum = engine.Register(2);
    private readonly float* _shift = engine.Register(3);

    /// <summary>Runs a verified softmax.</summary>
    public void Run(SoftmaxAxis softmax, nint* regions)
    {
        var source = (float*)((byte*)regions[softmax.Source.Region] + softmax.Source.ByteOffset);
        var destination = (float*)((byte*)regions[softmax.Destination.Region] + softmax.Destination.ByteOffset);
        var stride = softmax.Count * softmax.Inner;
        for (var outer = 0L; outer < softmax.Outer; outer++)
        {
            if (softmax.Inner == 1)
            {
                Row(source, destination, softmax.Count, softmax.IsLogarithmic);
            }
            else
            {
                Columns(source, destination, softmax);
            }

            source += stride;
            destination += stride;
        }
    }

    private void Row(float* source, float* destination, long count, bool isLogarithmic)
    {
        VectorKernels.Fill(_greatest, float.NegativeInfinity, LaneReduction.Lanes);
        for (var i = 0L; i < count; i += Tile)
        {
            LaneReduction.Accumulate(VectorOpcode.AccumulateMaximum, _greatest, Read(source + i, count - i, out var tile), tile);
        }

        LaneReduction.Fold(VectorOpcode.AccumulateMaximum, _greatest);
        VectorKernels.Fill(_greatest, *_greatest, VectorKernels.Granule);
        VectorKernels.Fill(_sum, 0, LaneReduction.Lanes);
        for (var i = 0L; i < count; i += Tile)
        {
            var tile = Exponentiate(source + i, count - i, 0);
            if (!isLogarithmic)
            {
                Store(destination + i, tile);
            }

            LaneReduction.Accumulate(VectorOpcode.AccumulateSum, _sum, _values, tile);
        }

        LaneReduction.Fold(VectorOpcode.AccumulateSum, _sum);
        VectorKernels.Fill(_sum, *_sum, VectorKernels.Granule);
        Scale(source, destination, count, isLogarithmic);
    }

    private void Scale(float* source, float* destination, long count, bool isLogarithmic)
    {
        VectorKernels.Unary(isLogarithmic ? VectorOpcode.Logarithm : VectorOpcode.Reciprocal, _shift, _sum, VectorKernels.Granule);
        for (var i = 0L; i < count; i += Tile)
        {
            Finish((isLogarithmic ? source : destination) + i, destination + i, count - i, 0, isLogarithmic);
        }
    }

    private void Columns(float* source, float* destination, SoftmaxAxis softmax)
    {
        for (var first = 0L; first < softmax.Inner; first += Tile)
        {
            var width = (int)Math.Min(Tile, softmax.Inner - first);
            VectorKernels.Fill(_greatest, float.NegativeInfinity, width);
            VectorKernels.Fill(_sum, 0, width);
            Gather(source + first, softmax, width);
            for (var i = first; i < softmax.Count * softmax.Inner; i += softmax.Inner)
            {
                Exponentiate(source + i, width, 1);
                Store(destination + (softmax.IsLogarithmic ? 0 : i), softmax.IsLogarithmic ? 0 : width);
                VectorKernels.Binary(VectorOpcode.Add, _sum, _sum, _values, 1, width);
            }

            VectorKernels.Unary(softmax.IsLogarithmic ? VectorOpcode.Logarithm : VectorOpcode.Reciprocal, _shift, _sum, width);
            for (var i = first; i < softmax.Count * softmax.Inner; i += softmax.Inner)
            {
                Finish((softmax.IsLogarithmic ? source : destination) + i, destination + i, width, 1, softmax.IsLogarithmic);
            }
        }
    }

    private void Gather(float* source, SoftmaxAxis softmax, int width)
    {
        for (var i = 0L; i < softmax.Count; i++)
        {
            VectorKernels.Binary(VectorOpcode.Maximum, _greatest, _greatest, Read(source + (i * softmax.Inner), width, out _), 1, width);
        }
    }

    /// <summary>values ← e^(source − greatest).</summary>
    private int Exponentiate(float* source, long count, int step)
    {
        var values = Read(source, count, out var tile);
        VectorKernels.Binary(VectorOpcode.Subtract, _values, values, _greatest, step, tile);
        VectorKernels.Unary(VectorOpcode.Exponential, _values, _values, tile);
        return tile;
    }

    private void Finish(float* source, float* destination, long count, int step, bool isLogarithmic)
    {
        var values = Read(source, count, out var tile);
        if (isLogarithmic)
        {
            VectorKernels.Binary(VectorOpcode.Subtract, _values, values, _greatest, step, tile);
            values = _values;
        }

        var target = tile % LaneReduction.Lanes == 0 ? destination : _values;
        VectorKernels.Binary(isLogarithmic ? VectorOpcode.Subtract : VectorOpcode.Multiply, target, values, _shift, step, tile);
        if (target == _values)
        {
            Store(destination, tile);
        }
    }

    /// <summary>The next tile: where it lies when it is whole, else copied into a register, where it may be read and padded beyond its end.</summary>
    private float* Read(float* source, long count, out int tile)
    {
        tile = (int)Math.Min(count, Tile);
        if (tile % LaneReduction.Lanes == 0)
        {
            return source;
        }

        Buffer.MemoryCopy(source, _values, tile * sizeof(float), tile * sizeof(float));
        return _values;
    }

    private void Store(float* destination, int tile) => Buffer.MemoryCopy(_values, destination, tile * sizeof(float), tile * sizeof(float));
}
