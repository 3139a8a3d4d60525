using EdgeAI.Scheduling;

namespace EdgeAI.Testing;

/// <summary>Large problems shaped like networks of the field, with costs as a board would have them (seconds).</summary>
public sealed class NetworkShapes(int itemCount, int deviceCount, int seed = 1)
{
    private readonly Random _random = new(seed);
    private readonly List<List<int>> _consumers = [];

    /// <summary>The shapes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["chain", "resnet", "inception", "transformer", "nas", "densenet"];

    /// <summary>A problem of at least that many items.</summary>
    public PlacementProblem Build(string name)
    {
        while (_consumers.Count < itemCount)
        {
            Grow(name);
        }

        return Problem();
    }

    private void Grow(string name)
    {
        switch (name)
        {
            case "resnet": GrowResidual(); break;
            case "inception": GrowBranches(4, 3); break;
            case "transformer": GrowTransformer(); break;
            case "nas": GrowCell(); break;
            case "densenet": GrowDense(16); break;
            default: Add(_consumers.Count - 1); break;
        }
    }

    private int Add(params IEnumerable<int> inputs)
    {
        _consumers.Add([]);
        foreach (var input in inputs.Where(input => input >= 0).Distinct())
        {
            _consumers[input].Add(_consumers.Count - 1);
        }

        return _consumers.Count - 1;
    }

    private int AddChain(int input, int length)
    {
        for (; length > 0; length--)
        {
            input = Add(input);
        }

        return input;
    }

    private void GrowResidual()
    {
        var start = _consumers.Count - 1;
        Add(AddChain(start, 5), _random.Next(4) == 0 ? Add(start) : start);
    }

    private void GrowBranches(int branches, int length)
    {
        var start = _consumers.Count - 1;
        Add([.. Enumerable.Range(0, branches).Select(_ => AddChain(start, 1 + _random.Next(length)))]);
    }

    private void GrowTransformer()
    {
        var start = _consumers.Count - 1;
        var norm = AddChain(start, 2);
        var scores = AddChain(Add(AddChain(norm, 2), AddChain(norm, 3)), 3);
        var sum = Add(AddChain(Add(scores, AddChain(norm, 2)), 2), start);
        Add(AddChain(sum, 5), sum);
    }

    private void GrowCell()
    {
        var nodes = new List<int> { _consumers.Count - 1, _consumers.Count - 7 };
        for (var node = 0; node < 5; node++)
        {
            nodes.Add(Add(Add(nodes[_random.Next(nodes.Count)]), Add(nodes[_random.Next(nodes.Count)])));
        }

        Add(nodes.Skip(2));
    }

    private void GrowDense(int layers)
    {
        var features = new List<int> { _consumers.Count - 1 };
        for (var layer = 0; layer < layers; layer++)
        {
            features.Add(AddChain(Add(features), 2));
        }

        Add(features);
    }

    private PlacementProblem Problem()
    {
        var count = _consumers.Count;
        var work = Enumerable.Range(0, count).Select(_ => _random.NextDouble() * _random.NextDouble() * 200e-6).ToArray();
        var kind = Enumerable.Range(0, count).Select(_ => _random.Next(10)).ToArray();
        return new PlacementProblem
        {
            Devices = [.. Enumerable.Range(0, deviceCount).Select(device => new PlacementDevice(((string[])["CPU", "NPU", "DSP", "GPU"])[device], 20e-6 * device))],
            Items = [.. Enumerable.Range(0, count).Select(item => new PlacementItem($"op{item}"))],
            Costs = new CostTable(count, deviceCount, (item, device) => device switch
            {
                0 => DeviceCost.Of(work[item]),
                1 when kind[item] < 2 => DeviceCost.Refused("not supported"),
                1 => DeviceCost.Of(work[item] * (kind[item] < 4 ? 1.5 : 0.1)),
                _ => kind[item] is 5 or 9 ? DeviceCost.Refused("not supported") : DeviceCost.Of(work[item] * (0.2 + (0.1 * ((kind[item] * device) % 7)))),
            }),
            Values =
            [
                new PlacementValue("input", 150528, PlacementValue.Ambient, [0]),
                .. Enumerable.Range(0, count).Select(item => new PlacementValue($"v{item}", 1000 * _random.Next(1, 200), item, [.. _consumers[item]], _consumers[item].Count == 0)),
            ],
            Links =
            [
                .. Enumerable.Range(1, deviceCount - 1).SelectMany(device => (Link[])
                [
                    device == 2 ? Link.ZeroCopy(0, device, 2e-6) : Link.OfBandwidth(0, device, 4e9, 5e-6),
                    device == 2 ? Link.ZeroCopy(device, 0, 2e-6) : Link.OfBandwidth(device, 0, 4e9, 5e-6),
                ]),
            ],
        };
    }
}
