using System.Collections.ObjectModel;

namespace EdgeAI.Graph;

/// <summary>A graph's nodes in their order. Each bears a position, ascending with gaps between, by which it is found again.</summary>
internal sealed class NodeList : Collection<Node>
{
    private const long Gap = 1L << 20;

    /// <summary>The node at that position, or null.</summary>
    public Node? At(long position) => Search(position) is >= 0 and var index ? this[index] : null;

    /// <summary>The node's place in the order, or −1 where it does not stand here.</summary>
    public new int IndexOf(Node node) =>
        Search(node.Position) is >= 0 and var index && ReferenceEquals(this[index], node) ? index : -1;

    /// <summary>Puts these nodes in the place of all.</summary>
    public void Set(IReadOnlyCollection<Node> nodes)
    {
        var list = (List<Node>)Items;
        list.Clear();
        list.AddRange(nodes);
        SpreadPositions();
    }

    /// <summary>Takes many out in one pass.</summary>
    public void RemoveAll(IReadOnlySet<Node> nodes) => ((List<Node>)Items).RemoveAll(nodes.Contains);

    protected override void InsertItem(int index, Node item)
    {
        var before = index > 0 ? this[index - 1].Position : 0;
        item.Position = index < Count ? before + ((this[index].Position - before) / 2) : before + Gap;
        base.InsertItem(index, item);
        if (item.Position == before)
        {
            SpreadPositions();
        }
    }

    private void SpreadPositions()
    {
        for (var i = 0; i < Count; i++)
        {
            this[i].Position = (i + 1) * Gap;
        }
    }

    private int Search(long position)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = this[middle].Position;
            if (found == position)
            {
                return middle;
            }

            (low, high) = found < position ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }
}
