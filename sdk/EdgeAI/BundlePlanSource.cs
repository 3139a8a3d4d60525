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
        In(() => Check(runtime, bundle, options));
    }

    /// <summary>Holds a bundle of unknown origin to the devices that are here and allowed, and its plan to what the compiler writes.</summary>
    /// <returns>The bundle.</returns>
    /// <exception cref="StaleBundleException">It was made for other devices or another version of this library.</exception>
    /// <exception cref="DeviceUnavailableException">A device is not here.</exception>
    /// <exception cref="ExecutableFormatException">Its content is not what the compiler writes.</exception>
    public static PlanBundle Check(EdgeRuntime runtime, PlanBundle bundle, LoadOptions options)
    {
        var foreign = bundle.Plan.Devices.Skip(1).FirstOrDefault(device => options.Devices is { } allowed && !allowed.Contains(device.Id));
        if (foreign is not null)
        {
            throw new StaleBundleException($"The bundle of '{bundle.Plan.Model}' runs on '{foreign.Id}', which is not among the allowed devices ({string.Join(", ", options.Devices!)}). Allow it, or compile the model again with these devices.");
        }

        bundle.CheckFits(runtime.Devices);
        BundleVerifier.Verify(bundle.Plan, runtime, options);
        return bundle;
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
