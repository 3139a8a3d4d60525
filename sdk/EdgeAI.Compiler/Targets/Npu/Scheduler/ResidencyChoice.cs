using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>Which storages stay in SRAM and the tiling of each layer.</summary>
internal sealed record ScheduleChoice(Residency Residency, TilePlan[] Plans, InPlaceResults InPlace);

/// <summary>
/// Chooses the storages that stay in SRAM: one by one, those that save most traffic per byte and step first; each stays only
/// if the layers that live beside it, tiled anew in what is left, become faster by estimate.
/// </summary>
internal sealed class ResidencyChoice(LayerProgram program, NpuConfiguration configuration, long budget)
{
    private readonly Residency _residency = new();
    private readonly long[] _residentBytes = new long[program.Layers.Count];
    private readonly TilePlan[] _plans = new TilePlan[program.Layers.Count];
    private readonly InPlaceResults _inPlace = new(program);

    /// <summary>Storages that the scheduler may put where it likes.</summary>
    public static IEnumerable<Storage> InternalStorages(LayerProgram program) =>
        program.Layers.SelectMany(layer => layer.Inputs.Append(layer.Output)).Select(map => map.Storage)
            .Where(storage => storage.Kind == StorageKind.Internal).Distinct();

    /// <exception cref="DoesNotFitException">A layer fits in no tiling.</exception>
    public ScheduleChoice Choose()
    {
        PlanAll();
        foreach (var storage in InternalStorages(program).OrderByDescending(Worth).ThenBy(storage => storage.FirstLayer).ToList())
        {
            TryKeep(storage);
        }

        Deepen();
        return new ScheduleChoice(_residency, _plans, _inPlace);
    }

    /// <exception cref="DoesNotFitException">A layer fits in no tiling.</exception>
    public ScheduleChoice WithoutResidents()
    {
        PlanAll();
        return new ScheduleChoice(_residency, _plans, _inPlace);
    }

    /// <summary>A layer that asks for more than the budget may still have all of the SRAM: then nothing stays beside it.</summary>
    private void PlanAll()
    {
        for (var i = 0; i < _plans.Length; i++)
        {
            var layer = program.Layers[i];
            _plans[i] = layer.Plan(configuration, _residency, budget) ?? layer.Plan(configuration, _residency, configuration.SramBytes)
                ?? throw new DoesNotFitException(layer, $"the smallest tile of {layer.Unit.Anchor} needs {layer.SmallestWorkingSet(configuration)} bytes; the SRAM has {configuration.SramBytes}");
        }
    }

    /// <summary>Gives SRAM that is left over to buffers of constants.</summary>
    private void Deepen()
    {
        var limit = budget / 8 * 7;
        for (var i = 0; i < _plans.Length; i++)
        {
            _plans[i] = _plans[i].Deepen?.Invoke(limit - _residentBytes[i] - _plans[i].WorkingBytes) ?? _plans[i];
        }
    }

    /// <summary>DRAM traffic saved per byte and step: short-lived maps with many readers first.</summary>
    private double Worth(Storage storage)
    {
        var uses = 0;
        for (var i = storage.FirstLayer; i < storage.EndLayer; i++)
        {
            var layer = program.Layers[i];
            uses += layer.Inputs.Count(map => map.Storage == storage) + (layer.Output.Storage == storage ? 1 : 0);
        }

        return (double)uses / (storage.EndLayer - storage.FirstLayer);
    }

    private void TryKeep(Storage storage)
    {
        var bytes = new WorkBuffer(storage.Bytes).AlignedBytes;
        var (first, end) = (storage.FirstLayer, storage.EndLayer);
        if (bytes > budget)
        {
            return;
        }

        _residency.Add(storage);
        var (trial, gain) = (new TilePlan[end - first], 0L);
        var added = Enumerable.Range(first, end - first).Select(i => _inPlace.IsFree(storage, i, _residency) ? 0 : bytes).ToArray();
        for (var i = first; i < end; i++)
        {
            var room = budget - _residentBytes[i] - added[i - first];
            if (room < 0 || program.Layers[i].Plan(configuration, _residency, room) is not { } plan)
            {
                _residency.Remove(storage);
                return;
            }

            trial[i - first] = plan;
            gain += _plans[i].Cycles - plan.Cycles;
        }

        if (gain < 0)
        {
            _residency.Remove(storage);
            return;
        }

        for (var i = first; i < end; i++)
        {
            _plans[i] = trial[i - first];
            _residentBytes[i] += added[i - first];
        }
    }
}
