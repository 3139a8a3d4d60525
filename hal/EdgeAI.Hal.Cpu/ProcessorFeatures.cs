using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EdgeAI.Hal.Cpu;

/// <summary>What of this machine's processor matters for 8-bit products.</summary>
internal static class ProcessorFeatures
{
    private const int StructuredFeatures = 7;
    private const int Avx512VnniInEcx = 11;
    private const int AvxVnniInEax = 4;

    /// <summary>True where u8 × s8 products are summed without saturating in pairs: VNNI, or any processor that is not x86.</summary>
    public static bool HasExactInt8Products { get; } = !X86Base.IsSupported || HasVnni();

    /// <summary>"X64, VNNI".</summary>
    public static string Describe()
    {
        var vnni = X86Base.IsSupported ? HasExactInt8Products ? ", VNNI" : ", no VNNI" : "";
        return RuntimeInformation.ProcessArchitecture + vnni;
    }

    private static bool HasVnni()
    {
        if (X86Base.CpuId(0, 0).Eax < StructuredFeatures)
            return false;
        var features = X86Base.CpuId(StructuredFeatures, 0);
        if (Avx512F.IsSupported && (features.Ecx >> Avx512VnniInEcx & 1) != 0)
            return true;
        return features.Eax >= 1 && Avx2.IsSupported && (X86Base.CpuId(StructuredFeatures, 1).Eax >> AvxVnniInEax & 1) != 0;
    }
}
