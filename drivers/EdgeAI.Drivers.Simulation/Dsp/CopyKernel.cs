using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>Strided copies and fills of elements of 1, 2, 4 or 8 bytes.</summary>
internal static unsafe class CopyKernel
{
    /// <summary>Runs a verified copy.</summary>
    public static void Run(StridedCopy copy, nint* regions)
    {
        var source = Start(copy.Source, regions);
        var destination = Start(copy.Destination, regions);
        switch (copy.Source.Memory.ElementBytes)
        {
            case 1: Copy(copy, source, destination); break;
            case 2: Copy(copy, (short*)source, (short*)destination); break;
            case 4: Copy(copy, (int*)source, (int*)destination); break;
            default: Copy(copy, (long*)source, (long*)destination); break;
        }
    }

    /// <summary>Runs a verified fill.</summary>
    public static void Run(StridedFill fill, nint* regions)
    {
        var destination = Start(fill.Destination, regions);
        switch (fill.Destination.Memory.ElementBytes)
        {
            case 1: Fill(fill, destination, (byte)fill.Pattern); break;
            case 2: Fill(fill, (short*)destination, (short)fill.Pattern); break;
            case 4: Fill(fill, (int*)destination, (int)fill.Pattern); break;
            default: Fill(fill, (long*)destination, (long)fill.Pattern); break;
        }
    }

    private static byte* Start(Walk walk, nint* regions) => (byte*)regions[walk.Memory.Region] + walk.Memory.ByteOffset;

    private static void Copy<T>(StridedCopy copy, T* source, T* destination)
        where T : unmanaged
    {
        var index = stackalloc long[ProgramReader.RankLimit];
        new Span<long>(index, ProgramReader.RankLimit).Clear();
        var inner = copy.Extents.Length - 1;
        var (count, from, to) = (copy.Extents[inner], copy.Source.Strides[inner], copy.Destination.Strides[inner]);
        do
        {
            CopyRow(source + Offset(copy.Source, index, inner), destination + Offset(copy.Destination, index, inner), count, from, to);
        }
        while (Step(copy.Extents.AsSpan()[..inner], index));
    }

    private static void CopyRow<T>(T* source, T* destination, long count, long from, long to)
        where T : unmanaged
    {
        if (from == 1 && to == 1)
        {
            Buffer.MemoryCopy(source, destination, count * sizeof(T), count * sizeof(T));
            return;
        }

        for (var i = 0L; i < count; i++)
        {
            destination[i * to] = source[i * from];
        }
    }

    private static void Fill<T>(StridedFill fill, T* destination, T value)
        where T : unmanaged
    {
        var index = stackalloc long[ProgramReader.RankLimit];
        new Span<long>(index, ProgramReader.RankLimit).Clear();
        var inner = fill.Extents.Length - 1;
        do
        {
            var row = destination + Offset(fill.Destination, index, inner);
            for (var i = 0L; i < fill.Extents[inner]; i++)
            {
                row[i * fill.Destination.Strides[inner]] = value;
            }
        }
        while (Step(fill.Extents.AsSpan()[..inner], index));
    }

    private static long Offset(Walk walk, long* index, int count)
    {
        var offset = 0L;
        for (var i = 0; i < count; i++)
        {
            offset += index[i] * walk.Strides[i];
        }

        return offset;
    }

    private static bool Step(ReadOnlySpan<long> extents, long* index)
    {
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            if (++index[i] < extents[i])
            {
                return true;
            }

            index[i] = 0;
        }

        return false;
    }
}
