using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>A CPU runtime per test, and models written to files.</summary>
public abstract class ApiFixture
{
    private readonly List<IDisposable> _files = [];

    protected EdgeRuntime Runtime { get; private set; } = null!;

    [SetUp]
    public void CreateRuntime() => Runtime = EdgeRuntime.Create();

    [TearDown]
    public void DisposeRuntime()
    {
        Runtime.Dispose();
        _files.ForEach(file => file.Dispose());
        _files.Clear();
    }

    /// <summary>Writes a model to a file that lives as long as the test.</summary>
    protected string FileOf(byte[] bytes, string name = "model.onnx")
    {
        var file = new TemporaryModel(bytes, name);
        _files.Add(file);
        return file.Path;
    }

    protected EdgeModel Load(byte[] bytes) => Runtime.Load(FileOf(bytes));

    /// <summary>y = Relu(a + b), all Float32[2,3].</summary>
    protected static byte[] AddRelu() => new TinyOnnx()
        .Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 2, 3).Output("y", DataType.Float32, 2, 3)
        .Node("Add", "a b", "sum").Node("Relu", "sum", "y").Build();

    /// <summary>y = x + x for any batch.</summary>
    protected static byte[] DoubleBatch() => new TinyOnnx()
        .Input("x", DataType.Float32, "batch", 3).Output("y", DataType.Float32, "batch", 3)
        .Node("Add", "x x", "y").Build();

    /// <summary>Takes long enough to be cancelled: many products of square matrices.</summary>
    protected static byte[] LongChain(int products, int size)
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, size, size).Output("y", DataType.Float32, size, size);
        for (var i = 0; i < products; i++)
        {
            model.Node("MatMul", i == 0 ? "x x" : $"h{i} x", i == products - 1 ? "y" : $"h{i + 1}");
        }

        return model.Build();
    }
}
