using System.Collections.ObjectModel;
using System.Runtime.InteropServices;

namespace EdgeAI.Graph;

/// <summary>A graph's inputs or outputs: a list that answers in constant time, however long it is, whether it holds a value.</summary>
internal sealed class PortList : Collection<Value>, ICollection<Value>
{
    private const int Few = 8;

    private Dictionary<Value, int>? _counts;

    /// <summary>Also what <c>graph.Outputs.Contains(value)</c> comes to.</summary>
    public new bool Contains(Value item) => Count <= Few ? base.Contains(item) : (_counts ??= CountAll()).ContainsKey(item);

    /// <summary>Puts one value in all the places of another.</summary>
    public void Replace(Value old, Value replacement)
    {
        if (!Contains(old))
        {
            return;
        }

        for (var i = IndexOf(old); i < Count; i++)
        {
            if (ReferenceEquals(this[i], old))
            {
                this[i] = replacement;
            }
        }
    }

    protected override void InsertItem(int index, Value item)
    {
        base.InsertItem(index, item);
        CountIn(item);
    }

    protected override void SetItem(int index, Value item)
    {
        CountOut(this[index]);
        base.SetItem(index, item);
        CountIn(item);
    }

    protected override void RemoveItem(int index)
    {
        CountOut(this[index]);
        base.RemoveItem(index);
    }

    protected override void ClearItems()
    {
        base.ClearItems();
        _counts = null;
    }

    private Dictionary<Value, int> CountAll() => this.CountBy(value => value).ToDictionary();

    private void CountIn(Value value)
    {
        if (_counts is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, value, out _)++;
        }
    }

    private void CountOut(Value value)
    {
        if (_counts is not null && --CollectionsMarshal.GetValueRefOrAddDefault(_counts, value, out _) == 0)
        {
            _counts.Remove(value);
        }
    }
}
