using System.Diagnostics;

namespace EdgeAI.Benchmarks;

/// <summary>Layers of the same call, measured in turn in short batches, so that what disturbs one disturbs all.</summary>
internal sealed class LayerRace(int batches, int runsPerBatch, params Action[] layers)
{
    /// <summary>Nanoseconds of each layer in each batch.</summary>
    private readonly double[][] _times = [.. layers.Select(_ => new double[batches])];

    public LayerRace Run()
    {
        for (var batch = 0; batch < batches; batch++)
        {
            for (var layer = 0; layer < layers.Length; layer++)
            {
                _times[layer][batch] = Nanoseconds(layers[layer]);
            }
        }

        return this;
    }

    public double Median(int layer) => Stopwatches.Median(_times[layer]);

    public double Least(int layer) => _times[layer].Min();

    /// <summary>Median over the batches of what a layer takes beyond the first one in the same batch.</summary>
    public double MedianOverFirst(int layer) => Stopwatches.Median(_times[layer].Zip(_times[0], (mine, first) => mine - first));

    private double Nanoseconds(Action run)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < runsPerBatch; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / runsPerBatch;
    }
}
