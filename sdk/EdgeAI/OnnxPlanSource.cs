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
    private ImmutableArray<string> _weightFiles = [];

    /// <summary>What was read or found first, for whoever needs it first.</summary>
    private Content? _fresh;
    private PlanBundle? _found;

    /// <summary>The files that the declared plan was made of, where they are hashed: with a cache.</summary>
    private readonly IReadOnlyList<BundleSource>? _sources;

    public OnnxPlanSource(EdgeRuntime runtime, string path, LoadOptions options)
    {
        (_runtime, Name, _options, _keys) = (runtime, path, options, new PlanKeys(runtime, path, options));
        _cache = options.CacheFolder is { } folder ? new PlanCache(folder, runtime, path, options, _keys) : null;
        _found = _cache?.Find(PlanKeys.Declared);
        if (_found is null)
        {
            _fresh = Read();
        }

        _sources = _found?.Key.Sources ?? _fresh!.Sources;
        Inputs = _found?.Inputs ?? [.. _fresh!.Model.Graph.Inputs.Select(Spec)];
        Outputs = _found?.Outputs ?? [.. _fresh!.Model.Graph.Outputs.Select(Spec)];
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

    public override bool Distrust(ImmutableArray<Shape> shapes, Exception error) =>
        _cache?.Distrust(PlanKeys.Label(shapes, DeclaredShapes), error.Message) ?? false;

    public override PlanBundle Bundle(Plan plan) =>
        Bundle(plan, PlanKeys.Declared, _sources ?? [_keys.Source(), .. _keys.WeightSources(_weightFiles)]);

    private PlanBundle Bundle(Plan plan, string label, IReadOnlyList<BundleSource> sources) => new(_keys.Key(label, [.. sources]), Inputs, Outputs, plan);

    private Plan Compile(string label, ImmutableArray<Shape> shapes)
    {
        var (model, sources) = Interlocked.Exchange(ref _fresh, null) ?? Read();
        var plan = Compile(model, shapes);
        return _cache?.Store(label, plan, stored => Bundle(stored, label, sources!)) ?? plan;
    }

    private Plan Compile(Model model, ImmutableArray<Shape> shapes)
    {
        var inputs = model.Graph.Inputs;
        var settings = _runtime.CompilerOptions(_options);
        var whole = settings.Accelerators.IsEmpty ? WholeModel.Write(model) : null;
        var tensors = Enumerable.Range(0, inputs.Count).Where(index => inputs[index].Type is TensorType or null);
        ShapeInference.BindInputShapes(model, tensors.ToDictionary(index => inputs[index].Name, index => shapes[index]));
        var compiler = new ModelCompiler(settings with { Source = () => Read().Model, Whole = whole });
        return compiler.Compile(model, Path.GetFileNameWithoutExtension(Name)).Plan!;
    }

    /// <summary>
    /// The model as it is run: inputs that have a default are constants. For the cache its file is hashed before it is read: a file that
    /// changes while the model is compiled has another hash next time, and what was compiled of the old one is not taken for it.
    /// </summary>
    private Content Read()
    {
        var file = _cache is null ? null : _keys.Source();
        var model = OnnxReader.Read(Name, _options.Reading, out _weightFiles);
        foreach (var input in model.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            model.Graph.RemoveInput(input);
        }

        return new Content(model, file is null ? null : [file, .. _keys.WeightSources(_weightFiles)]);
    }

    /// <summary>What was read.</summary>
    private sealed record Content(Model Model, IReadOnlyList<BundleSource>? Sources);

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);
}
