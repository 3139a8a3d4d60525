using System.Runtime.InteropServices;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

/// <summary>A CPU device per test, and short ways to load and run small models on it.</summary>
public abstract class CpuFixture
{
    protected CpuDevice Device { get; private set; } = null!;

    [SetUp]
    public void CreateDevice() => Device = new CpuDevice(new CpuOptions { Threads = 2 });

    [TearDown]
    public void DisposeDevice() => Device.Dispose();

    /// <summary>y = Relu(a + b), all Float32[4].</summary>
    protected static byte[] AddRelu() => new TinyOnnx()
        .Input("a", DataType.Float32, 4).Input("b", DataType.Float32, 4).Output("y", DataType.Float32, 4)
        .Node("Add", "a b", "sum").Node("Relu", "sum", "y").Build();

    /// <summary>y = x · 2 with one open extent.</summary>
    protected static byte[] DoubleBatch() => new TinyOnnx()
        .Input("x", DataType.Float32, "batch", 3).Output("y", DataType.Float32, "batch", 3)
        .Node("Add", "x x", "y").Build();

    /// <summary>Takes long enough to be cancelled: many products of square matrices.</summary>
    protected static byte[] LongChain(int products, int size)
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, size, size).Output("y", DataType.Float32, size, size);
        for (var i = 0; i < products; i++)
            model.Node("MatMul", i == 0 ? "x x" : $"h{i} x", i == products - 1 ? "y" : $"h{i + 1}");
        return model.Build();
    }

    /// <summary>An executable whose signature is the model's own.</summary>
    protected static Executable Onnx(byte[] model, params ConstantBlob[] constants) =>
        new(CpuDevice.Format, new ExecutableSignature([], []), model, [.. constants], []);

    protected DeviceBuffer Buffer<T>(params T[] values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var buffer = Device.Allocate(bytes.Length);
        buffer.Write(0, bytes);
        return buffer;
    }

    protected BufferView View<T>(params T[] values)
        where T : unmanaged => new(Buffer(values));

    protected static T[] Values<T>(BufferView view)
        where T : unmanaged
    {
        var values = new T[view.ByteCount / Marshal.SizeOf<T>()];
        view.Buffer!.Read(view.Offset, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    protected static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    // A collection in the middle adds the unused rest of the thread's allocation window, hence the least of several.
    protected static long LeastAllocated(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
