using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Conv and the operators that share its geometry.</summary>
internal static class Convolution
{
    /// <summary>Data at operand 0, weights [M, C / group, kernel…] at <paramref name="weights"/>.</summary>
    public static void Infer(InferenceContext context, int weights) =>
        context.Set(0, Result(context, context.ShapeOf(0), context.ShapeOf(weights)));

    /// <summary>The same with the channels behind the spatial axes; the weights are as ever.</summary>
    public static void InferChannelsLast(InferenceContext context, int weights) =>
        context.Set(0, Layout.ChannelsLast(Result(context, Layout.ChannelsFirst(context.ShapeOf(0)), context.ShapeOf(weights))));

    private static Shape Result(InferenceContext context, Shape data, Shape kernelShape)
    {
        if (!data.HasRank)
        {
            return kernelShape.HasRank ? Extents.OfRank(kernelShape.Rank).With(1, kernelShape[0]) : Shape.Unknown;
        }

        CheckChannels(context, data, kernelShape);
        var result = ImmutableArray.CreateBuilder<Dimension>(data.Rank);
        result.Add(data[0]);
        result.Add(kernelShape.HasRank ? kernelShape[0] : Dimension.Unknown);
        result.AddRange(Spatial(context, data, WindowGeometry.KernelOf(context, kernelShape)));
        return new(result.ToImmutable());
    }

    /// <summary>Spatial extents behind the batch and channel axes.</summary>
    public static IEnumerable<Dimension> Spatial(InferenceContext context, Shape data, ImmutableArray<long>? kernel)
    {
        var rank = data.Rank - 2;
        if (kernel is null)
        {
            return Enumerable.Repeat(Dimension.Unknown, Math.Max(0, rank));
        }

        if (rank < 1 || kernel.Value.Length != rank)
        {
            throw context.Error($"operand '{context.Node.Inputs[0]!.Name}' has shape {data}; expected {kernel.Value.Length} spatial axes behind batch and channels.");
        }

        var geometry = WindowGeometry.Of(context.Node, kernel.Value);
        return Enumerable.Range(0, rank).Select(axis => geometry.OutputExtent(axis, data[axis + 2]));
    }

    private static void CheckChannels(InferenceContext context, Shape data, Shape weights)
    {
        if (!weights.HasRank)
        {
            return;
        }

        if (weights.Rank != data.Rank || weights.Rank < 3)
        {
            throw context.Error($"operands have shapes {data} and {weights}; expected equal ranks of at least 3.");
        }

        var group = context.Int("group");
        var isWrong = data[1].IsKnown && weights[1].IsKnown && data[1].Value != checked(weights[1].Value * group);
        if (isWrong || group < 1 || (weights[0].IsKnown && weights[0].Value % group != 0))
        {
            throw context.Error($"{data[1]} channels and weights {weights} in {group} group(s) do not fit; expected {weights[1]} × {group} channels.");
        }
    }
}
