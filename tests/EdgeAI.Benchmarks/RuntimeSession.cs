using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Benchmarks;

/// <summary>ONNX Runtime's own session through its C API, with the options that a user has who sets none (only its warnings are silent).</summary>
internal static unsafe class RuntimeSession
{
    /// <summary>From a path, as most users do; dispose what is given.</summary>
    /// <param name="cpu">Brings the library.</param>
    /// <param name="path">The model.</param>
    /// <param name="isBare">True leaves out graph optimization and the pool of threads.</param>
    public static IDisposable Open(CpuDevice cpu, string path, bool isBare = false)
    {
        using var options = Options(cpu, isBare);
        using var text = NativeText.OfPath(path);
        nint session;
        cpu.Library.Check(cpu.Library.Api.CreateSession(cpu.Library.Environment, text.Pointer, options.Item, &session));
        return new SessionHandle(cpu.Library.Api, session);
    }

    /// <summary>From a file's bytes.</summary>
    public static IDisposable Open(CpuDevice cpu, byte[] model)
    {
        using var options = Options(cpu, isBare: false);
        nint session;
        fixed (byte* bytes = model)
        {
            cpu.Library.Check(cpu.Library.Api.CreateSessionFromArray(cpu.Library.Environment, bytes, (nuint)model.Length, options.Item, &session));
        }

        return new SessionHandle(cpu.Library.Api, session);
    }

    private static SessionOptionsHandle Options(CpuDevice cpu, bool isBare)
    {
        nint item;
        cpu.Library.Check(cpu.Library.Api.Create(OrtSlot.CreateSessionOptions, &item));
        var options = new SessionOptionsHandle(cpu.Library.Api, item);
        cpu.Library.Check(cpu.Library.Api.SetOption(OrtSlot.SetSessionLogSeverityLevel, item, (int)OrtLogSeverity.Fatal));
        if (isBare)
        {
            cpu.Library.Check(cpu.Library.Api.SetOption(OrtSlot.SetSessionGraphOptimizationLevel, item, (int)GraphOptimization.None));
            cpu.Library.Check(cpu.Library.Api.SetOption(OrtSlot.SetIntraOpNumThreads, item, 1));
        }

        return options;
    }
}
