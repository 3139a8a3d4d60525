using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>The one plan of a bundle.</summary>
internal sealed class BundlePlanSource : PlanSource
{
    private readonly PlanBundle _bundle;

    public BundlePlanSource(EdgeRuntime runtime, PlanBundle bundle, LoadOptions options)
    {
        _bundle = bundle;
        DeclaredShapes = [.. bundle.Plan.Inputs.Select(index => bundle.Plan.Tensors[index].Spec.Shape)];
        var foreign = bundle.Plan.Devices.Skip(1).FirstOrDefault(device => options.Devices is { } allowed && !allowed.Contains(device.Id));
        if (foreign is not null)
        {
            throw new StaleBundleException($"The bundle of '{bundle.Plan.Model}' runs on '{foreign.Id}', which is not among the allowed devices ({string.Join(", ", options.Devices!)}). Allow it, or compile the model again with these devices.");
        }

        bundle.CheckFits(runtime.Devices);
        In(() => BundleVerifier.Verify(bundle.Plan, runtime, options));
    }

    public override string Name => _bundle.Plan.Model;

    public override ImmutableArray<TensorSpec> Inputs => _bundle.Inputs;

    public override ImmutableArray<TensorSpec> Outputs => _bundle.Outputs;

    public override ImmutableArray<Shape> DeclaredShapes { get; }

    public override Plan Make(ImmutableArray<Shape> shapes) => shapes.SequenceEqual(DeclaredShapes) ? _bundle.Plan
        : throw new TensorMismatchException($"The bundle of '{Name}' was compiled for {Shapes(DeclaredShapes)}; it is fed with {Shapes(shapes)}. Load the ONNX file, or compile it with these dimensions.");

    public override PlanBundle Bundle(Plan plan) => _bundle;

    private string Shapes(ImmutableArray<Shape> shapes) => string.Join(", ", Inputs.Zip(shapes, (input, shape) => $"{input.Name}{shape}"));
}
