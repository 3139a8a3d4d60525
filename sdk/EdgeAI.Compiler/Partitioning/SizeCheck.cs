using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>Refuses tensors whose size cannot be counted, before anybody computes with it.</summary>
internal static class SizeCheck
{
    public static void Run(Model model)
    {
        foreach (var value in model.Graph.Values.Values)
        {
            if (value.Tensor is { Shape.IsStatic: true } tensor && !IsCountable(tensor))
            {
                throw new ModelFormatException($"Value '{value.Name}' is {tensor}: more than 2^63 bytes.");
            }
        }
    }

    private static bool IsCountable(TensorType tensor)
    {
        try
        {
            return tensor.Element.ByteCount(tensor.Shape.ElementCount) >= 0;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
