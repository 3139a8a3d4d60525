using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Tests.Deployment;

/// <summary>The build must have put ONNX Runtime beside every program that uses EdgeAI.Hal.Cpu.</summary>
public sealed class NativeLibraryTests
{
    private static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll"
        : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib"
        : "libonnxruntime.so";

    private static string DeployedPath => Path.Combine(
        AppContext.BaseDirectory, "runtimes", PortableRid(), "native", FileName);

    [Test]
    public void OnnxRuntime_AfterBuild_LiesBesideTheTests() =>
        Assert.That(DeployedPath, Does.Exist);

    [Test]
    public void OnnxRuntime_Loaded_ExportsOrtGetApiBase()
    {
        Assert.That(NativeLibrary.TryLoad(DeployedPath, out var library), Is.True, DeployedPath);
        // Never freed: other tests of this process may have sessions open, and ONNX Runtime is not made for unloading.
        Assert.That(NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var address), Is.True);
        Assert.That(address, Is.Not.EqualTo(IntPtr.Zero));
    }

    private static string PortableRid()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
