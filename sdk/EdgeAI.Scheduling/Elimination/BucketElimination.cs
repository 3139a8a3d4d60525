namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// Non-serial dynamic programming: variables are minimized out one by one in a given order, each leaving a table over
/// the variables it was bound with; then the best labels are read backwards. Exact for the variables that are not fixed
/// (Bertelè and Brioschi 1972; Dechter 1999).
/// </summary>
internal sealed class BucketElimination
{
    private const int CancellationStride = 128;

    private readonly CostNetwork _network;
    private readonly EliminationOrder _order;
    private readonly byte[] _labels;
    private readonly TableArena _arena = new();
    private readonly double[] _unary;
    private readonly int[] _slots;
    private readonly int[] _firstInBucket;
    private readonly int[] _nextInBucket;
    private readonly int[] _messages;
    private readonly int[] _sizes;
    private readonly int[] _choiceStarts;
    private readonly byte[] _choices;
    private double[] _sums = new double[256];

    private BucketElimination(CostNetwork network, EliminationOrder order, byte[] labels)
    {
        (_network, _order, _labels, _unary) = (network, order, labels, network.CopyUnary());
        (_slots, _messages, _sizes, _choiceStarts) = (new int[network.VariableCount], new int[order.Steps], new int[order.Steps], new int[order.Steps]);
        (_firstInBucket, _nextInBucket) = (new int[order.Steps], new int[network.FactorCount + order.Steps]);
        _choices = new byte[order.TotalEntries];
        Array.Fill(_firstInBucket, -1);
        for (var factor = 0; factor < network.FactorCount; factor++)
        {
            PutInBucket(factor, network.Scope(factor));
        }
    }

    /// <summary>Writes the best labels of all variables that the order does not fix; fixed ones are read.</summary>
    public static void Solve(CostNetwork network, EliminationOrder order, byte[] labels, CancellationToken cancellation)
    {
        var solver = new BucketElimination(network, order, labels);
        for (var (step, choice) = (0, 0); step < order.Steps; step++)
        {
            if (step % CancellationStride == 0 || solver._sums.Length > 1 << 16)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            solver._choiceStarts[step] = choice;
            choice += solver.Eliminate(step);
        }

        solver.ReadLabels();
    }

    private void PutInBucket(int factor, ReadOnlySpan<int> scope)
    {
        var first = int.MaxValue;
        foreach (var variable in scope)
        {
            var position = _order.Position[variable];
            first = position != EliminationOrder.IsFixed && position < first ? position : first;
        }

        if (first != int.MaxValue)
        {
            _nextInBucket[factor] = _firstInBucket[first];
            _firstInBucket[first] = factor;
        }
    }

    /// <summary>Sums the bucket's tables, minimizes the variable out and passes the result on; returns the result's size.</summary>
    private int Eliminate(int step)
    {
        var variable = _order.VariableAt(step);
        var scope = _order.Scope(step);
        Span<int> domains = stackalloc int[scope.Length];
        var (size, inner) = (1, _network.DomainOf(variable));
        for (var place = 0; place < scope.Length; place++)
        {
            _slots[scope[place]] = place;
            domains[place] = _network.DomainOf(scope[place]);
            size *= domains[place];
        }

        _sizes[step] = size;
        SumBucket(step, variable, domains, size * inner);
        Minimize(step, scope, inner);
        return size;
    }

    private void SumBucket(int step, int variable, ReadOnlySpan<int> domains, int size)
    {
        if (_sums.Length < size)
        {
            _sums = new double[size];
        }

        var own = _unary.AsSpan(_network.UnaryStart(variable), _network.DomainOf(variable));
        for (var start = 0; start < size; start += own.Length)
        {
            own.CopyTo(_sums.AsSpan(start));
        }

        for (var factor = _firstInBucket[step]; factor >= 0; factor = _nextInBucket[factor])
        {
            if (factor < _network.FactorCount)
            {
                AddTable(_network.Table(factor), _network.Scope(factor), variable, domains);
            }
            else
            {
                var source = factor - _network.FactorCount;
                AddTable(_arena[_messages[source], _sizes[source]], _order.Scope(source), variable, domains);
                _arena.Return(_messages[source], _sizes[source]);
            }
        }
    }

    private void AddTable(ReadOnlySpan<double> table, ReadOnlySpan<int> scope, int variable, ReadOnlySpan<int> domains)
    {
        Span<int> strides = stackalloc int[domains.Length];
        strides.Clear();
        var (stride, offset, innerStride) = (1, 0, 0);
        for (var place = scope.Length - 1; place >= 0; place--)
        {
            var member = scope[place];
            if (_order.Position[member] == EliminationOrder.IsFixed)
            {
                offset += _labels[member] * stride;
            }
            else if (member == variable)
            {
                innerStride = stride;
            }
            else
            {
                strides[_slots[member]] = stride;
            }

            stride *= _network.DomainOf(member);
        }

        Accumulate(table[offset..], domains, strides, _network.DomainOf(variable), innerStride);
    }

    /// <summary>Adds a table, repeated along the dimensions whose stride is 0, to the sums.</summary>
    private void Accumulate(ReadOnlySpan<double> table, ReadOnlySpan<int> domains, ReadOnlySpan<int> strides, int inner, int innerStride)
    {
        var last = domains.Length - 1;
        var (width, widthStride) = last < 0 ? (1, 0) : (domains[last], strides[last]);
        Span<int> digits = stackalloc int[Math.Max(last, 0)];
        digits.Clear();
        var (target, source, place) = (0, 0, 0);
        do
        {
            for (var column = 0; column < width; column++)
            {
                AddRow(table[(source + (column * widthStride))..], _sums.AsSpan(target, inner), innerStride);
                target += inner;
            }

            for (place = last - 1; place >= 0 && ++digits[place] == domains[place]; place--)
            {
                source -= strides[place] * (domains[place] - 1);
                digits[place] = 0;
            }

            source += place >= 0 ? strides[place] : 0;
        }
        while (place >= 0);
    }

    private static void AddRow(ReadOnlySpan<double> table, Span<double> sums, int stride)
    {
        if (stride == 1)
        {
            table = table[..sums.Length];
            for (var index = 0; index < table.Length; index++)
            {
                sums[index] += table[index];
            }

            return;
        }

        var from = 0;
        foreach (ref var sum in sums)
        {
            sum += table[from];
            from += stride;
        }
    }

    private void Minimize(int step, ReadOnlySpan<int> scope, int inner)
    {
        var size = _sizes[step];
        if (scope.Length == 1)
        {
            var target = _unary.AsSpan(_network.UnaryStart(scope[0]), size);
            AddMinima(step, inner, target);
            return;
        }

        _messages[step] = _arena.Rent(size);
        var message = _arena[_messages[step], size];
        message.Clear();
        AddMinima(step, inner, message);
        if (scope.Length > 0)
        {
            PutInBucket(_network.FactorCount + step, scope);
        }
    }

    private void AddMinima(int step, int inner, Span<double> target)
    {
        var chosen = _choices.AsSpan(_choiceStarts[step], target.Length);
        for (var index = 0; index < target.Length; index++)
        {
            var row = _sums.AsSpan(index * inner, inner);
            var best = 0;
            for (var label = 1; label < row.Length; label++)
            {
                best = row[label] < row[best] ? label : best;
            }

            chosen[index] = (byte)best;
            target[index] += row[best];
        }
    }

    private void ReadLabels()
    {
        for (var step = _order.Steps - 1; step >= 0; step--)
        {
            var index = 0;
            foreach (var member in _order.Scope(step))
            {
                index = (index * _network.DomainOf(member)) + _labels[member];
            }

            _labels[_order.VariableAt(step)] = _choices[_choiceStarts[step] + index];
        }
    }
}
