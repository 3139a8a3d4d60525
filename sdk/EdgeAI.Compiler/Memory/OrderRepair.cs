using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>A placing and the first-fit order that made it.</summary>
internal sealed record OrderedPlacing(int[] Order, long[] Offsets, long Height);

/// <summary>Repairs a first-fit order: a block that stands highest is placed earlier, and now and then another pair is swapped.</summary>
internal static class OrderRepair
{
    /// <summary>About half a second's worth: where thousands of blocks live at once, a round takes long and promises little.</summary>
    private const long MostPairs = 1 << 25;

    /// <summary>The lowest placing that the rounds meet, the given one included.</summary>
    public static OrderedPlacing Run(ImmutableArray<BufferRequest> blocks, FirstFit fit, OrderedPlacing start, long goal, int rounds)
    {
        var (best, current, random) = (start, start, new SplitMix(1));
        rounds = (int)Math.Min(rounds, MostPairs / Math.Max(1, fit.Pairs));
        for (var round = 0; round < rounds && best.Height > goal; round++)
        {
            var trial = fit.Place(Promoted(blocks, current, ref random));
            if (trial.Height <= current.Height || random.Below(16) == 0)
            {
                current = trial;
            }

            best = trial.Height < best.Height ? trial : best;
        }

        return best;
    }

    private static int[] Promoted(ImmutableArray<BufferRequest> blocks, OrderedPlacing placing, ref SplitMix random)
    {
        var order = (int[])placing.Order.Clone();
        var highest = new List<int>();
        for (var place = 0; place < order.Length; place++)
        {
            if (placing.Offsets[order[place]] + blocks[order[place]].Size == placing.Height)
            {
                highest.Add(place);
            }
        }

        var from = highest[random.Below(highest.Count)];
        var to = random.Below(from + 1);
        var moved = order[from];
        Array.Copy(order, to, order, to + 1, from - to);
        order[to] = moved;
        if (random.Below(4) == 0)
        {
            var (a, b) = (random.Below(order.Length), random.Below(order.Length));
            (order[a], order[b]) = (order[b], order[a]);
        }

        return order;
    }
}
