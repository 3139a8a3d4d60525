using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>
/// Routines of one argument, made at run time, in pages that are never writable and executable at once. They stay for the life of the process.
/// </summary>
internal sealed unsafe partial class MachineCode
{
    private const string Switch = "EdgeAI.Simulation.MachineCode";
    private const int StructuredFeatures = 7;
    private const int VnniInEcx = 11;
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateAnonymous = 0x22;
    private const int RoutineAlignment = 64;

    private readonly delegate* unmanaged[Cdecl]<void*, void>[] _routines;

    private MachineCode(byte* start, ReadOnlySpan<int> offsets)
    {
        Start = start;
        _routines = new delegate* unmanaged[Cdecl]<void*, void>[offsets.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            _routines[i] = (delegate* unmanaged[Cdecl]<void*, void>)(start + offsets[i]);
        }
    }

    /// <summary>First byte: where constants lie that were written before the routines.</summary>
    public byte* Start { get; }

    /// <summary>
    /// True on x86-64 Linux with 512-bit dot products, which .NET 10 does not expose, unless the AppContext switch
    /// "EdgeAI.Simulation.MachineCode" is false. The calling convention is that of System V.
    /// </summary>
    private static bool IsPossible => OperatingSystem.IsLinux() && X86Base.X64.IsSupported && Avx512BW.VL.IsSupported
        && (X86Base.CpuId(StructuredFeatures, 0).Ecx >> VnniInEcx & 1) != 0 && (!AppContext.TryGetSwitch(Switch, out var isWanted) || isWanted);

    /// <summary>Writes routines behind what the assembler holds; null where the processor lacks the instructions or the system forbids it.</summary>
    public static MachineCode? Of(X64Assembler assembler, int count, Action<int> write)
    {
        if (!IsPossible)
        {
            return null;
        }

        var offsets = new int[count];
        for (var i = 0; i < count; i++)
        {
            assembler.Align(RoutineAlignment);
            offsets[i] = assembler.Position;
            write(i);
        }

        var start = Publish(assembler.ToArray());
        return start is null ? null : new(start, offsets);
    }

    /// <summary>Outside managed code: a routine may take hundreds of microseconds, and no collection has to wait for it.</summary>
    public void Run(int routine, void* argument) => _routines[routine](argument);

    /// <summary>The code, callable; null where the system does not allow it.</summary>
    private static byte* Publish(ReadOnlySpan<byte> code)
    {
        var memory = MapPages(0, (nuint)code.Length, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == -1)
        {
            return null;
        }

        code.CopyTo(new Span<byte>((void*)memory, code.Length));
        if (Protect(memory, (nuint)code.Length, ReadExecute) == 0)
        {
            return (byte*)memory;
        }

        _ = UnmapPages(memory, (nuint)code.Length);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint MapPages(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnmapPages(nint address, nuint length);
}
