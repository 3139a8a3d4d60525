using System.Collections;
using System.Runtime.InteropServices;

namespace EdgeAI.Graph;

/// <summary>
/// The nodes that read a value, in the order in which they came, one that reads it twice twice. Taking one out takes constant time,
/// spread over all, however many there are: from some number on places are looked up, and what is taken out leaves holes.
/// </summary>
internal sealed class ConsumerList : ICollection<Node>, IReadOnlyList<Node>
{
    private const int Few = 32;

    private Node?[] _nodes = [];
    private int _length;
    private int _holes;
    private PlaceIndex? _index;

    public int Count => _length - _holes;

    public bool IsReadOnly => false;

    public Node this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _holes == 0 ? _nodes[index]! : _nodes.OfType<Node>().ElementAt(index);
        }
    }

    public void Add(Node item)
    {
        if (_length == _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(4, 2 * _length));
        }

        _nodes[_length++] = item;
        _index?.Add(item);
    }

    /// <summary>Takes the first place of a node out.</summary>
    public bool Remove(Node item)
    {
        if (_length > Few)
        {
            _index ??= new PlaceIndex(_nodes.AsSpan(0, _length));
        }

        var place = _index?.Take(item) ?? Array.IndexOf(_nodes, item, 0, _length);
        if (place >= 0)
        {
            TakeOut(place);
        }

        return place >= 0;
    }

    public void Clear() => (_nodes, _length, _holes, _index) = ([], 0, 0, null);

    public bool Contains(Node item) => _index?.Contains(item) ?? Array.IndexOf(_nodes, item, 0, _length) >= 0;

    public void CopyTo(Node[] array, int arrayIndex)
    {
        foreach (var node in this)
        {
            array[arrayIndex++] = node;
        }
    }

    public IEnumerator<Node> GetEnumerator()
    {
        var (length, holes) = (_length, _holes);
        for (var i = 0; i < length; i++)
        {
            if (_nodes[i] is not { } node)
            {
                continue;
            }

            yield return node;
            if (length != _length || holes != _holes)
            {
                throw new InvalidOperationException("The readers of a value have changed while they were enumerated; enumerate a copy.");
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void TakeOut(int place)
    {
        if (_index is null)
        {
            _length--;
            Array.Copy(_nodes, place + 1, _nodes, place, _length - place);
            _nodes[_length] = null;
            return;
        }

        _nodes[place] = null;
        _holes++;
        if (_holes > _length / 2)
        {
            Compact();
        }
    }

    /// <summary>Closes the holes; the next removal makes a new index where it needs one.</summary>
    private void Compact()
    {
        _nodes = [.. this];
        (_length, _holes, _index) = (_nodes.Length, 0, null);
    }

    /// <summary>For each node its first and last place, and for each place the node's next.</summary>
    private sealed class PlaceIndex
    {
        private readonly Dictionary<Node, (int First, int Last)> _places;
        private readonly List<int> _next;

        public PlaceIndex(ReadOnlySpan<Node?> nodes)
        {
            (_places, _next) = (new(nodes.Length, ReferenceEqualityComparer.Instance), new(nodes.Length));
            foreach (var node in nodes)
            {
                Add(node!);
            }
        }

        public void Add(Node node)
        {
            var place = _next.Count;
            _next.Add(-1);
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, node, out var isThere);
            if (isThere)
            {
                _next[own.Last] = place;
            }

            own = (isThere ? own.First : place, place);
        }

        public bool Contains(Node node) => _places.ContainsKey(node);

        /// <summary>The first place of a node, which is forgotten; −1 where it has none.</summary>
        public int Take(Node node)
        {
            if (!_places.TryGetValue(node, out var own))
            {
                return -1;
            }

            var next = _next[own.First];
            if (next < 0)
            {
                _places.Remove(node);
            }
            else
            {
                _places[node] = (next, own.Last);
            }

            return own.First;
        }
    }
}
