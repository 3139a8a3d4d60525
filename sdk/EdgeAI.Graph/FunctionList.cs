using System.Collections.ObjectModel;

namespace EdgeAI.Graph;

/// <summary>The functions of a model, found by name at once: every node is asked whether it calls one.</summary>
internal sealed class FunctionList : Collection<ModelFunction>
{
    private HashSet<(string Domain, string Name)>? _names;
    private HashSet<string>? _domains;

    public bool Contains(string domain, string name) =>
        Count > 0 && (_names ??= [.. this.Select(function => (function.Domain, function.Name))]).Contains((domain, name));

    public bool ContainsDomain(string domain) =>
        Count > 0 && (_domains ??= [.. this.Select(function => function.Domain)]).Contains(domain);

    protected override void InsertItem(int index, ModelFunction item)
    {
        Forget();
        base.InsertItem(index, item);
    }

    protected override void SetItem(int index, ModelFunction item)
    {
        Forget();
        base.SetItem(index, item);
    }

    protected override void RemoveItem(int index)
    {
        Forget();
        base.RemoveItem(index);
    }

    protected override void ClearItems()
    {
        Forget();
        base.ClearItems();
    }

    private void Forget() => (_names, _domains) = (null, null);
}
