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
    /// Solves for the offsets; null when the planner finds no placing within the capacity. With prefetch, buffers of constants
    /// live one layer longer to the front where there is room, so that weights come while the layer before computes.
    /// </summary>
    public static SramPlan? Solve(LayerProgram program, ScheduleChoice choice, long capacity, bool prefetch)
    {
        var residents = ResidencyChoice.InternalStorages(program).Where(choice.Residency.Contains).ToList();
        var requests = ImmutableArray.CreateBuilder<BufferRequest>();
        foreach (var storage in residents)
        {
            requests.Add(Request(storage.FirstLayer, storage.EndLayer, storage.Bytes));
        }

        for (var i = 0; i < choice.Plans.Length; i++)
        {
            foreach (var buffer in choice.Plans[i].Buffers)
            {
                requests.Add(Request(i, i + 1, buffer.AlignedBytes));
            }
        }

        if (prefetch)
        {
            LengthenConstants(choice, requests, residents.Count, capacity);
        }

        var problem = new BufferPlanProblem(requests.DrainToImmutable());
        var plan = problem.LowerBound > capacity ? null : BufferPlanner.Solve(problem, new BufferPlanOptions(capacity, Rounds: 200, Nodes: 2000));
        return plan is null || plan.Height > capacity ? null : Read(choice, residents, plan);

        BufferRequest Request(int lower, int upper, long bytes) => new(requests.Count, lower, upper, new WorkBuffer(bytes).AlignedBytes, WorkBuffer.Alignment);
    }

    private static void LengthenConstants(ScheduleChoice choice, ImmutableArray<BufferRequest>.Builder requests, int firstBuffer, long capacity)
    {
        var live = new long[choice.Plans.Length];
        foreach (var request in requests)
        {
            for (var step = request.Lower; step < request.Upper; step++)
            {
                live[step] += request.Size;
            }
        }

        for (var (layer, at) = (0, firstBuffer); layer < choice.Plans.Length; layer++)
        {
            foreach (var buffer in choice.Plans[layer].Buffers)
            {
                if (buffer.HoldsConstants && layer > 0 && live[layer - 1] + requests[at].Size <= capacity)
                {
                    requests[at] = requests[at] with { Lower = layer - 1 };
                    live[layer - 1] += requests[at].Size;
                }

                at++;
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
