using EdgeAI.Compiler.Memory;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>
/// Gives the buffers of a draft their places: outputs first, then as many small ones as fit beside the tiles into tightly
/// coupled memory, where they need no DMA, and the rest into scratch memory.
/// </summary>
internal sealed class MemoryAssignment
{
    private const int Alignment = 64;
    private static readonly BufferPlanOptions Quick = new(Rounds: 8, Nodes: 0);

    private readonly ProgramDraft _draft;
    private readonly DspConfiguration _configuration;
    private readonly Dictionary<int, (int First, int Last)> _lives = [];
    private readonly Dictionary<int, MemoryOperand> _places = [];

    private MemoryAssignment(ProgramDraft draft, DspConfiguration configuration)
    {
        (_draft, _configuration) = (draft, configuration);
        for (var i = 0; i < draft.Instructions.Count; i++)
        {
            foreach (var buffer in OperandMapper.Regions(draft.Instructions[i]))
            {
                _lives[buffer] = (_lives.TryGetValue(buffer, out var life) ? life.First : i, i);
            }
        }
    }

    /// <summary>The image of a draft; <paramref name="outputs"/> are the buffers that are the executable's outputs, in order.</summary>
    public static DspImage Assign(ProgramDraft draft, IReadOnlyList<DraftBuffer> outputs, DspConfiguration configuration) =>
        new MemoryAssignment(draft, configuration).Run(outputs);

    private DspImage Run(IReadOnlyList<DraftBuffer> outputs)
    {
        var inputs = _draft.Buffers.Where(buffer => buffer.InputIndex >= 0).OrderBy(buffer => buffer.InputIndex).ToList();
        var firstInput = RegionTable.FirstConstant + _draft.Constants.Count;
        foreach (var buffer in _draft.Buffers.Where(buffer => !buffer.IsTemporary))
        {
            Place(buffer, buffer.ConstantIndex >= 0 ? RegionTable.FirstConstant + buffer.ConstantIndex : firstInput + buffer.InputIndex, 0);
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            Place(outputs[i], firstInput + inputs.Count + i, 0);
        }

        var temporaries = _draft.Buffers.Where(buffer => !_places.ContainsKey(buffer.Id) && _lives.ContainsKey(buffer.Id)).ToList();
        var resident = Resident(temporaries);
        var tcm = Plan(resident, RegionTable.Tcm);
        var scratch = Plan([.. temporaries.Except(resident)], RegionTable.Scratch);
        var regions = new RegionTable(
            scratch, tcm, [.. _draft.Constants.Select(blob => (long)blob.Data.Length)],
            [.. inputs.Select(buffer => buffer.ByteCount)], [.. outputs.Select(buffer => buffer.ByteCount)]);
        return new DspImage(regions, _draft.Instructions.Select(instruction => OperandMapper.Map(instruction, Located)));
    }

    private MemoryOperand Located(MemoryOperand operand) =>
        _places[operand.Region] is var place ? operand with { Region = place.Region, ByteOffset = place.ByteOffset + operand.ByteOffset } : operand;

    /// <summary>The smallest buffers first, as long as a plan fits.</summary>
    private List<DraftBuffer> Resident(List<DraftBuffer> candidates)
    {
        var room = _configuration.TcmBytes - _draft.Instructions.Select(instruction => InstructionTiming.TileBytes(instruction, _configuration)).DefaultIfEmpty().Max();
        var resident = new List<DraftBuffer>();
        foreach (var buffer in candidates.Where(buffer => buffer.ByteCount <= room).OrderBy(buffer => buffer.ByteCount).ThenBy(buffer => buffer.Id))
        {
            resident.Add(buffer);
            if (BufferPlanner.Solve(Problem(resident), Quick with { Capacity = room }).Height > room)
            {
                resident.RemoveAt(resident.Count - 1);
                break;
            }
        }

        return resident;
    }

    private long Plan(List<DraftBuffer> buffers, int region)
    {
        if (buffers.Count == 0)
        {
            return 0;
        }

        var plan = BufferPlanner.Solve(Problem(buffers), Quick);
        for (var i = 0; i < buffers.Count; i++)
        {
            Place(buffers[i], region, plan.Offsets[i]);
        }

        return (plan.Height + Alignment - 1) / Alignment * Alignment;
    }

    private BufferPlanProblem Problem(List<DraftBuffer> buffers) =>
        new([.. buffers.Select(buffer => new BufferRequest(buffer.Id, _lives[buffer.Id].First, _lives[buffer.Id].Last + 1, buffer.ByteCount, Alignment))]);

    private void Place(DraftBuffer buffer, int region, long offset) => _places.Add(buffer.Id, new(region, default, offset));
}
