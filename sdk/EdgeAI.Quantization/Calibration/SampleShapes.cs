using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Preparation;

namespace EdgeAI.Quantization.Calibration;

/// <summary>How large a model's values are for a sample, also where the model only names extents.</summary>
internal static class SampleShapes
{
    /// <summary>Shapes by name, as far as they follow from the inputs'.</summary>
    public static Func<string, Shape> Of(Model model, IReadOnlyList<ConstantTensor> feeds)
    {
        var values = (model.Graph.Inputs.All(input => input.Shape.IsStatic) ? model : Bound(model, feeds)).Graph.Values;
        return name => values[name].Shape;
    }

    /// <summary>Feeds that contradict the names of extents may still run: then nothing is known.</summary>
    private static Model Bound(Model model, IReadOnlyList<ConstantTensor> feeds)
    {
        var copy = ModelCopy.Of(model);
        try
        {
            ShapeInference.BindInputShapes(copy, copy.Graph.Inputs.Zip(feeds).ToDictionary(pair => pair.First.Name, pair => pair.Second.Shape));
            ShapeInference.Infer(copy);
            return copy;
        }
        catch (ModelFormatException)
        {
            return model;
        }
    }
}
