namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// Non-serial dynamic programming: variables are minimized out one by one in a given order, each leaving a table over
/// the variables it was bound with; then the best labels are read backwards. Exact for the variables that are not fixed
/// (Bertelè and Brioschi 1972; Dechter 1999).
/// </summary>
internal sealed class BucketElimination
{
    private const int CancellationStride = 128;

    private readonly CostNetwork network;
    private readonly EliminationOrder order;
    private readonly byte[] labels;
    private readonly TableArena arena = new();
    private readonly double[] unary;
    private readonly int[] slots;
    private readonly int[] firstInBucket;
    private readonly int[] nextInBucket;
    private readonly int[] messages;
    private readonly int[] sizes;
    private readonly int[] choiceStarts;
    private readonly byte[] choices;
    private double[] sums = new double[256];

    private BucketElimination(CostNetwork network, EliminationOrder order, byte[] labels)
    {
        (this.network, this.order, this.labels, unary) = (network, order, labels, network.CopyUnary());
        (slots, messages, sizes, choiceStarts) = (new int[network.VariableCount], new int[order.Steps], new int[order.Steps], new int[order.Steps]);
        (firstInBucket, nextInBucket) = (new int[order.Steps], new int[network.FactorCount + order.Steps]);
        choices = new byte[order.TotalEntries];
        Array.Fill(firstInBucket, -1);
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
            if (step % CancellationStride == 0 || solver.sums.Length > 1 << 16)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            solver.choiceStarts[step] = choice;
            choice += solver.Eliminate(step);
        }

        solver.ReadLabels();
    }

    private void PutInBucket(int factor, ReadOnlySpan<int> scope)
    {
        var first = int.MaxValue;
        foreach (var variable in scope)
        {
            var position = order.Position[variable];
            first = position != EliminationOrder.IsFixed && position < first ? position : first;
        }

        if (first != int.MaxValue)
        {
            nextInBucket[factor] = firstInBucket[first];
            firstInBucket[first] = factor;
        }
    }

    /// <summary>Sums the bucket's tables, minimizes the variable out and passes the result on; returns the result's size.</summary>
    private int Eliminate(int step)
    {
        var variable = order.VariableAt(step);
        var scope = order.Scope(step);
        Span<int> domains = stackalloc int[scope.Length];
        var (size, inner) = (1, network.DomainOf(variable));
        for (var place = 0; place < scope.Length; place++)
        {
            slots[scope[place]] = place;
            domains[place] = network.DomainOf(scope[place]);
            size *= domains[place];
        }

        sizes[step] = size;
        SumBucket(step, variable, domains, size * inner);
        Minimize(step, scope, inner);
        return size;
    }

    private void SumBucket(int step, int variable, ReadOnlySpan<int> domains, int size)
    {
        if (sums.Length < size)
        {
            sums = new double[size];
        }

        var own = unary.AsSpan(network.UnaryStart(variable), network.DomainOf(variable));
        for (var start = 0; start < size; start += own.Length)
        {
            own.CopyTo(sums.AsSpan(start));
        }

        for (var factor = firstInBucket[step]; factor >= 0; factor = nextInBucket[factor])
        {
            if (factor < network.FactorCount)
            {
                AddTable(network.Table(factor), network.Scope(factor), variable, domains);
            }
            else
            {
                var source = factor - network.FactorCount;
                AddTable(arena[messages[source], sizes[source]], order.Scope(source), variable, domains);
                arena.Return(messages[source], sizes[source]);
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
            if (order.Position[member] == EliminationOrder.IsFixed)
            {
                offset += labels[member] * stride;
            }
            else if (member == variable)
            {
                innerStride = stride;
            }
            else
            {
                strides[slots[member]] = stride;
            }

            stride *= network.DomainOf(member);
        }

        Accumulate(table[offset..], domains, strides, network.DomainOf(variable), innerStride);
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
                var from = source + (column * widthStride);
                foreach (ref var sum in sums.AsSpan(target, inner))
                {
                    sum += table[from];
                    from += innerStride;
                }

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

    private void Minimize(int step, ReadOnlySpan<int> scope, int inner)
    {
        var size = sizes[step];
        if (scope.Length == 1)
        {
            var target = unary.AsSpan(network.UnaryStart(scope[0]), size);
            AddMinima(step, inner, target);
            return;
        }

        messages[step] = arena.Rent(size);
        var message = arena[messages[step], size];
        message.Clear();
        AddMinima(step, inner, message);
        if (scope.Length > 0)
        {
            PutInBucket(network.FactorCount + step, scope);
        }
    }

    private void AddMinima(int step, int inner, Span<double> target)
    {
        var chosen = choices.AsSpan(choiceStarts[step], target.Length);
        for (var index = 0; index < target.Length; index++)
        {
            var row = sums.AsSpan(index * inner, inner);
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
        for (var step = order.Steps - 1; step >= 0; step--)
        {
            var index = 0;
            foreach (var member in order.Scope(step))
            {
                index = (index * network.DomainOf(member)) + labels[member];
            }

            labels[order.VariableAt(step)] = choices[choiceStarts[step] + index];
        }
    }
}
