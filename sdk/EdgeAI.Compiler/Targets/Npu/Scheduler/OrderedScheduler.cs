using System.Collections.Immutable;
using EdgeAI.Compiler.Memory;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>A program scheduled in one order.</summary>
/// <param name="Program">Its commands.</param>
/// <param name="Cycles">Predicted time.</param>
/// <param name="IsResident">True when everything that may stay in SRAM does.</param>
/// <param name="LayerCycles">Estimates of the layers' times.</param>
internal sealed record OrderedSchedule(ScheduledProgram Program, long Cycles, bool IsResident, ImmutableArray<long> LayerCycles);

/// <summary>Schedules a program whose layers run in the order given.</summary>
internal sealed class OrderedScheduler(LayerProgram program, NpuConfiguration configuration)
{
    private const int Attempts = 6;

    /// <summary>Layers by which weights may come early, in the order of trying: far, then near. Far is not always faster, since what comes early takes room.</summary>
    private static readonly int[][] Leads = [[48, 24, 12], [8, 2, 1, 0]];

    /// <summary>The schedule, or an exception that names the layer to blame.</summary>
    public OrderedSchedule Run()
    {
        program.MarkLifetimes();
        var budget = configuration.SramBytes;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var choice = new ResidencyChoice(program, configuration, budget).Choose();
            if (Place(choice).ToList() is { Count: > 0 } placed)
            {
                return Schedule(choice, placed);
            }

            budget -= budget / 8;
        }

        var fallback = new ResidencyChoice(program, configuration, configuration.SramBytes).WithoutResidents();
        return Place(fallback).ToList() is { Count: > 0 } places ? Schedule(fallback, places)
            : throw new InvalidOperationException("The buffers of one layer at a time were not placed, although they fit.");
    }

    /// <summary>The fastest of some placings.</summary>
    private OrderedSchedule Schedule(ScheduleChoice choice, IReadOnlyList<SramPlan> places)
    {
        var isResident = ResidencyChoice.InternalStorages(program).All(choice.Residency.Contains);
        var schedules = places.Select(place => Emit(choice, place))
            .Select(emitted => new OrderedSchedule(emitted, Timing.Predict(emitted.Commands, configuration).TotalCycles, isResident, [.. choice.Plans.Select(plan => plan.Cycles)]));
        return schedules.MinBy(schedule => schedule.Cycles)!;
    }

    /// <summary>Offsets in SRAM of resident storages and of each layer's buffers, with weights far ahead and near; none where they do not fit together.</summary>
    private IEnumerable<SramPlan> Place(ScheduleChoice choice) =>
        (program.Layers.Count == 1 ? [[0]] : Leads)
            .Select(leads => leads.Select(lead => SramPlan.Solve(program, choice, configuration.SramBytes, lead)).FirstOrDefault(plan => plan is not null)).OfType<SramPlan>();

    private ScheduledProgram Emit(ScheduleChoice choice, SramPlan sram)
    {
        var scratch = PlaceScratch(choice);
        var (stream, constants) = (new CommandStream(), new ConstantPool());
        var constantPlaces = new Dictionary<Storage, Address>();
        var writer = new LayerWriter(stream, constants, Locate);
        for (var i = 0; i < program.Layers.Count; i++)
        {
            stream.Node = program.Layers[i].Unit.Name;
            choice.Plans[i].Emit(writer, sram.Buffers[i]);
        }

        var (commands, sourceMap) = stream.Finish();
        return new ScheduledProgram(commands, sourceMap, constants, sram.Height, scratch.Height);

        Address Locate(Storage storage) => storage.Kind switch
        {
            StorageKind.Input => Address.Input(storage.Index),
            StorageKind.Output => Address.Output(program.InputCount, storage.Index),
            StorageKind.Constant => ConstantAt(storage),
            _ => sram.Storages.TryGetValue(storage, out var offset) ? Address.Sram(offset) : Address.Scratch(scratch.Offsets[storage]),
        };

        Address ConstantAt(Storage storage)
        {
            if (!constantPlaces.TryGetValue(storage, out var address))
            {
                constantPlaces[storage] = address = constants.Add((int)storage.Bytes, bytes => storage.Data.Span.CopyTo(bytes));
            }

            return address;
        }
    }

    private (Dictionary<Storage, long> Offsets, long Height) PlaceScratch(ScheduleChoice choice)
    {
        var storages = ResidencyChoice.InternalStorages(program).Where(storage => !choice.Residency.Contains(storage)).ToList();
        var requests = storages.Select((storage, i) => new BufferRequest(i, storage.FirstLayer, storage.EndLayer, storage.Bytes, WorkBuffer.Alignment));
        var plan = BufferPlanner.Solve(new BufferPlanProblem([.. requests]), new BufferPlanOptions(Rounds: 50, Nodes: 0));
        return (storages.Select((storage, i) => (storage, plan.Offsets[i])).ToDictionary(pair => pair.storage, pair => pair.Item2), plan.Height);
    }
}
