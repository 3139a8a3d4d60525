using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Lowering;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>A segment as layers.</summary>
internal sealed record LayerProgram(IReadOnlyList<Layer> Layers, int InputCount)
{
    /// <summary>The same layers in another order.</summary>
    public LayerProgram InOrder(ImmutableArray<int> order) => this with { Layers = [.. order.Select(layer => Layers[layer])] };

    /// <summary>Sets from when to when each storage is needed in this order.</summary>
    public void MarkLifetimes()
    {
        var maps = Layers.SelectMany((layer, i) => layer.Inputs.Append(layer.Output).Select(map => (map.Storage, Layer: i))).ToList();
        maps.ForEach(use => use.Storage.Forget());
        maps.ForEach(use => use.Storage.Touch(use.Layer));
    }
}

/// <summary>Lowers units to layers.</summary>
internal static class ProgramBuilder
{
    /// <summary>A whole segment with its bound inputs and outputs.</summary>
    public static LayerProgram Build(GraphSegment segment)
    {
        var context = new LoweringContext();
        for (var i = 0; i < segment.Inputs.Length; i++)
        {
            context.AddInput(segment.Inputs[i], i);
        }

        var read = segment.Units.SelectMany(unit => unit.Inputs).ToHashSet();
        for (var i = 0; i < segment.Outputs.Length; i++)
        {
            if (!read.Contains(segment.Outputs[i]))
            {
                context.AnnounceOutput(segment.Outputs[i], i);
            }
        }

        foreach (var view in segment.Units.Select(UnitView.Of))
        {
            switch (view.Operator)
            {
                case "Concat": ConcatLowering.Announce(view, context); break;
                case "Pad": PadLowering.Announce(view, context); break;
            }
        }

        foreach (var unit in segment.Units)
        {
            Lower(unit, context);
        }

        for (var i = 0; i < segment.Outputs.Length; i++)
        {
            context.AddOutput(segment.Units.Last(unit => unit.Outputs.Contains(segment.Outputs[i])), segment.Outputs[i], i);
        }

        return new LayerProgram(context.Layers, segment.Inputs.Length);
    }

    /// <summary>One unit between feature maps that lie in memory as inside a segment: without borders.</summary>
    public static LayerProgram Single(GraphUnit unit)
    {
        var context = new LoweringContext();
        foreach (var input in unit.Inputs)
        {
            context.Define(input, input.Shape.Rank is 3 or 4 && input.Element != DataType.Float32 ? MapOrder.ChannelsLast : MapOrder.Plain);
        }

        Lower(unit, context);
        return new LayerProgram(context.Layers, 0);
    }

    private static void Lower(GraphUnit unit, LoweringContext context)
    {
        var view = UnitView.Of(unit);
        LoweringTable.Find(view)!.Lower(view, context);
    }
}
