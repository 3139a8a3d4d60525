using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>Code made at run time, in pages that are never writable and executable at once. It stays for the life of the process.</summary>
internal static unsafe partial class MachineCode
{
    private const string Switch = "EdgeAI.Simulation.MachineCode";
    private const int StructuredFeatures = 7;
    private const int VnniInEcx = 11;
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateAnonymous = 0x22;

    /// <summary>
    /// True on x86-64 Linux with 512-bit dot products, which .NET 10 does not expose, unless the AppContext switch
    /// "EdgeAI.Simulation.MachineCode" is false. The calling convention is that of System V.
    /// </summary>
    public static bool IsPossible => OperatingSystem.IsLinux() && X86Base.X64.IsSupported && Avx512BW.VL.IsSupported
        && (X86Base.CpuId(StructuredFeatures, 0).Ecx >> VnniInEcx & 1) != 0 && (!AppContext.TryGetSwitch(Switch, out var isWanted) || isWanted);

    /// <summary>The code, callable; null where the system does not allow it.</summary>
    public static byte* Publish(ReadOnlySpan<byte> code)
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
