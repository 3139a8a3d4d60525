using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>Plans from an ONNX file: compiled, or found in the cache folder.</summary>
internal sealed class OnnxPlanSource : PlanSource
{
    private readonly EdgeRuntime _runtime;
    private readonly LoadOptions _options;
    private readonly PlanKeys _keys;
    private readonly PlanCache? _cache;

    /// <summary>What was read or found first, for whoever needs it first.</summary>
    private Model? _fresh;
    private PlanBundle? _found;

    public OnnxPlanSource(EdgeRuntime runtime, string path, LoadOptions options)
    {
        (_runtime, Name, _options, _keys) = (runtime, path, options, new PlanKeys(runtime, path, options));
        _cache = options.CacheFolder is { } folder ? new PlanCache(folder, runtime, path, options, _keys) : null;
        _found = _cache?.Find(PlanKeys.Declared);
        if (_found is null)
        {
            _fresh = Read();
        }

        Inputs = _found?.Inputs ?? [.. _fresh!.Graph.Inputs.Select(Spec)];
        Outputs = _found?.Outputs ?? [.. _fresh!.Graph.Outputs.Select(Spec)];
        DeclaredShapes = [.. Inputs.Select(input => InputShapes.Assume(input, options.Dimensions))];
    }

    public override string Name { get; }

    public override ImmutableArray<TensorSpec> Inputs { get; }

    public override ImmutableArray<TensorSpec> Outputs { get; }

    public override ImmutableArray<Shape> DeclaredShapes { get; }

    public override Plan Make(ImmutableArray<Shape> shapes)
    {
        var label = PlanKeys.Label(shapes, DeclaredShapes);
        var found = label == PlanKeys.Declared && Interlocked.Exchange(ref _found, null) is { } first ? first : _cache?.Find(label);
        return found?.Plan ?? Compile(label, shapes);
    }

    public override PlanBundle Bundle(Plan plan) => Bundle(plan, PlanKeys.Declared);

    private PlanBundle Bundle(Plan plan, string label) => new(_keys.Key(label), Inputs, Outputs, plan);

    private Plan Compile(string label, ImmutableArray<Shape> shapes)
    {
        var plan = Compile(Interlocked.Exchange(ref _fresh, null) ?? Read(), shapes);
        return _cache?.Store(label, plan, stored => Bundle(stored, label)) ?? plan;
    }

    private Plan Compile(Model model, ImmutableArray<Shape> shapes)
    {
        var inputs = model.Graph.Inputs;
        var settings = _runtime.CompilerOptions(_options);
        var whole = settings.Accelerators.IsEmpty ? WholeModel.Write(model) : null;
        var tensors = Enumerable.Range(0, inputs.Count).Where(index => inputs[index].Type is TensorType or null);
        ShapeInference.BindInputShapes(model, tensors.ToDictionary(index => inputs[index].Name, index => shapes[index]));
        var compiler = new ModelCompiler(settings with { Source = Read, Whole = whole });
        return compiler.Compile(model, Path.GetFileNameWithoutExtension(Name)).Plan!;
    }

    /// <summary>The model as it is run: inputs that have a default are constants.</summary>
    private Model Read()
    {
        var model = OnnxReader.Read(Name, _options.Reading, out var weightFiles);
        _keys.WeightFiles = weightFiles;
        foreach (var input in model.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            model.Graph.RemoveInput(input);
        }

        return model;
    }

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);
}
