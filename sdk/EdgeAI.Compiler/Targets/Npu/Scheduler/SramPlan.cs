using System.Collections.Immutable;
using EdgeAI.Compiler.Memory;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>Where resident storages and the layers' buffers lie in SRAM.</summary>
internal sealed class SramPlan
{
    private SramPlan(Dictionary<Storage, long> storages, ImmutableArray<Address>[] buffers, long height) =>
        (Storages, Buffers, Height) = (storages, buffers, height);

    public Dictionary<Storage, long> Storages { get; }

    /// <summary>Per layer the addresses of its buffers, in its plan's order.</summary>
    public ImmutableArray<Address>[] Buffers { get; }

    public long Height { get; }

    /// <summary>
    /// Solves for the offsets; null when the planner finds no placing within the capacity. Buffers of constants live up to
    /// <paramref name="lead"/> layers longer to the front where there is room, so that weights come while layers before compute.
    /// </summary>
    public static SramPlan? Solve(LayerProgram program, ScheduleChoice choice, long capacity, int lead)
    {
        var residents = ResidencyChoice.InternalStorages(program).Where(choice.Residency.Contains).ToList();
        var requests = ImmutableArray.CreateBuilder<BufferRequest>();
        AddResidents(residents, choice, requests);

        for (var i = 0; i < choice.Plans.Length; i++)
        {
            foreach (var buffer in choice.Plans[i].Buffers)
            {
                requests.Add(Request(requests.Count, i, i + 1, buffer.AlignedBytes));
            }
        }

        LengthenConstants(choice, requests, residents.Count, capacity / 16 * 15, lead);

        var problem = new BufferPlanProblem(requests.DrainToImmutable());
        var plan = problem.LowerBound > capacity ? null : BufferPlanner.Solve(problem, lead == 0 ? new BufferPlanOptions(capacity, Rounds: 200, Nodes: 2000) : new BufferPlanOptions(capacity, Rounds: 6, Nodes: 0));
        return plan is null || plan.Height > capacity ? null : Read(choice, residents, plan);
    }

    /// <summary>What lies over an operand begins a layer later, where the operand has ended: the two are one block.</summary>
    private static void AddResidents(List<Storage> residents, ScheduleChoice choice, ImmutableArray<BufferRequest>.Builder requests)
    {
        var places = new Dictionary<Storage, int>();
        foreach (var storage in residents)
        {
            var giver = choice.InPlace.Giver(storage, choice.Residency);
            var place = places[storage] = giver is null ? places.Count : places[giver];
            requests.Add(Request(requests.Count, storage.FirstLayer + (giver is null ? 0 : 1), storage.EndLayer, storage.Bytes) with { Place = place });
        }
    }

    private static BufferRequest Request(int id, int lower, int upper, long bytes) => new(id, lower, upper, new WorkBuffer(bytes).AlignedBytes, WorkBuffer.Alignment);

    private static void LengthenConstants(ScheduleChoice choice, ImmutableArray<BufferRequest>.Builder requests, int firstBuffer, long capacity, int lead)
    {
        var live = new long[choice.Plans.Length];
        foreach (var request in requests)
        {
            for (var step = request.Lower; step < request.Upper; step++)
            {
                live[step] += request.Size;
            }
        }

        var constants = choice.Plans.SelectMany(plan => plan.Buffers).Select((buffer, i) => (buffer, At: firstBuffer + i))
            .Where(pair => pair.buffer.HoldsConstants).Select(pair => pair.At).ToList();
        for (var round = 0; round < lead; round++)
        {
            foreach (var at in constants)
            {
                var step = requests[at].Lower - 1;
                var isNext = requests[at].Upper - requests[at].Lower == round + 1;
                if (isNext && step >= 0 && live[step] + requests[at].Size <= capacity)
                {
                    requests[at] = requests[at] with { Lower = step };
                    live[step] += requests[at].Size;
                }
            }
        }
    }

    private static SramPlan Read(ScheduleChoice choice, List<Storage> residents, BufferPlan plan)
    {
        var storages = residents.Select((storage, i) => (storage, i)).ToDictionary(pair => pair.storage, pair => plan.Offsets[pair.i]);
        var (buffers, at) = (new ImmutableArray<Address>[choice.Plans.Length], residents.Count);
        for (var layer = 0; layer < buffers.Length; layer++)
        {
            var count = choice.Plans[layer].Buffers.Length;
            buffers[layer] = [.. plan.Offsets.AsSpan(at, count).ToArray().Select(Address.Sram)];
            at += count;
        }

        return new SramPlan(storages, buffers, plan.Height);
    }
}
