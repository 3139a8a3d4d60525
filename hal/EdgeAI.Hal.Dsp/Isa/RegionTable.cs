using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>
/// The memories that a program addresses, by number: 0 scratch in main memory, 1 the unit's tightly coupled memory,
/// then constants, inputs and outputs in the executable's order.
/// </summary>
internal sealed record RegionTable(
    long ScratchBytes, long TcmBytes, ImmutableArray<long> Constants, ImmutableArray<long> Inputs, ImmutableArray<long> Outputs)
{
    public const int Scratch = 0;
    public const int Tcm = 1;
    public const int FirstConstant = 2;

    public int FirstInput => FirstConstant + Constants.Length;

    public int FirstOutput => FirstInput + Inputs.Length;

    public int Count => FirstOutput + Outputs.Length;

    /// <summary>Bytes of a region.</summary>
    public long ByteCount(int region) =>
        region == Scratch ? ScratchBytes
        : region == Tcm ? TcmBytes
        : region < FirstInput ? Constants[region - FirstConstant]
        : region < FirstOutput ? Inputs[region - FirstInput]
        : Outputs[region - FirstOutput];

    /// <summary>True for the regions that a program may change.</summary>
    public bool IsWritable(int region) => region is Scratch or Tcm || region >= FirstOutput;

    /// <summary>The name in listings: "scratch", "tcm", "constant0", "input0", "output0".</summary>
    public string Name(int region) =>
        region == Scratch ? "scratch"
        : region == Tcm ? "tcm"
        : region < FirstInput ? $"constant{region - FirstConstant}"
        : region < FirstOutput ? $"input{region - FirstInput}"
        : region < Count ? $"output{region - FirstOutput}"
        : $"region{region}";

    /// <summary>The number of a name; −1 when there is no such region.</summary>
    public int Find(string name)
    {
        for (var region = 0; region < Count; region++)
        {
            if (Name(region) == name)
            {
                return region;
            }
        }

        return -1;
    }
}
