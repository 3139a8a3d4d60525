using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Pixels of a compressed picture.</summary>
internal static class ImageDecoder
{
    public static OperatorSchema Schema { get; } = new("ImageDecoder", 20)
    {
        Inputs = "encoded_stream:T1",
        Outputs = "image:T2",
        Types = "T1=u8 T2=u8",
        Attributes = "pixel_format:text=RGB",
        Infer = static context => context.Set(0, Extents.OfRank(3)),
    };
}
