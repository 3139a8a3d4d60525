using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    private readonly int[] _firstDimension;
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
        _firstDimension = new int[network.FactorCount + order.Steps];
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
        SumBucket(step, variable, domains, size);
        Minimize(step, scope, inner);
        return size;
    }

    /// <summary>
    /// Sums the bucket's tables: for each label of the variable (major) a row over its scope. Rows grow from the last dimension to the first, and a
    /// table is added as soon as they have its dimensions.
    /// </summary>
    private void SumBucket(int step, int variable, ReadOnlySpan<int> domains, int size)
    {
        var own = _unary.AsSpan(_network.UnaryStart(variable), _network.DomainOf(variable));
        if (_sums.Length < size * own.Length)
        {
            _sums = new double[size * own.Length];
        }

        for (var label = 0; label < own.Length; label++)
        {
            _sums[label * size] = own[label];
        }

        FindFirstDimensions(step, variable, domains.Length);
        AddTables(step, variable, domains, domains.Length, size, 1);
        for (var (dimension, width) = (domains.Length - 1, 1); dimension >= 0; dimension--)
        {
            for (var label = 0; label < own.Length; label++)
            {
                Repeat(_sums.AsSpan(label * size, width * domains[dimension]), width);
            }

            width *= domains[dimension];
            AddTables(step, variable, domains, dimension, size, width);
        }
    }

    private static void Repeat(Span<double> row, int width)
    {
        for (var start = width; start < row.Length; start += width)
        {
            row[..width].CopyTo(row[start..]);
        }
    }

    private ReadOnlySpan<int> ScopeOf(int factor) => factor < _network.FactorCount ? _network.Scope(factor) : _order.Scope(factor - _network.FactorCount);

    /// <summary>The first dimension of each of the bucket's tables.</summary>
    private void FindFirstDimensions(int step, int variable, int none)
    {
        for (var factor = _firstInBucket[step]; factor >= 0; factor = _nextInBucket[factor])
        {
            _firstDimension[factor] = none;
            foreach (var member in ScopeOf(factor))
            {
                var isDimension = member != variable && _order.Position[member] != EliminationOrder.IsFixed;
                _firstDimension[factor] = isDimension ? Math.Min(_firstDimension[factor], _slots[member]) : _firstDimension[factor];
            }
        }
    }

    /// <summary>Adds the tables that begin with a dimension to rows that do.</summary>
    private void AddTables(int step, int variable, ReadOnlySpan<int> domains, int dimension, int size, int width)
    {
        for (var factor = _firstInBucket[step]; factor >= 0; factor = _nextInBucket[factor])
        {
            if (_firstDimension[factor] != dimension)
            {
                continue;
            }

            if (factor < _network.FactorCount)
            {
                AddTable(_network.Table(factor), factor, variable, domains, size, width);
            }
            else
            {
                var source = factor - _network.FactorCount;
                AddTable(_arena[_messages[source], _sizes[source]], factor, variable, domains, size, width);
                _arena.Return(_messages[source], _sizes[source]);
            }
        }
    }

    private void AddTable(ReadOnlySpan<double> table, int factor, int variable, ReadOnlySpan<int> domains, int size, int width)
    {
        Span<int> strides = stackalloc int[domains.Length];
        strides.Clear();
        var (scope, first) = (ScopeOf(factor).Length, _firstDimension[factor]);
        var (stride, offset, innerStride) = (1, 0, 0);
        for (var place = scope - 1; place >= 0; place--)
        {
            var member = ScopeOf(factor)[place];
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

        for (var label = 0; label < _network.DomainOf(variable); label++)
        {
            Accumulate(table[(offset + (label * innerStride))..], _sums.AsSpan(label * size, width), domains[first..], strides[first..]);
        }
    }

    /// <summary>Adds a table, repeated along the dimensions whose stride is 0, to sums over all dimensions.</summary>
    private static void Accumulate(ReadOnlySpan<double> table, Span<double> sums, ReadOnlySpan<int> domains, ReadOnlySpan<int> strides)
    {
        var (outer, width) = Fuse(domains, strides);
        var step = outer < domains.Length ? strides[^1] : 0;
        var (rows, rowStride) = outer > 0 ? (domains[outer - 1], strides[outer - 1]) : (1, 0);
        Span<int> digits = stackalloc int[Math.Max(outer - 1, 0)];
        digits.Clear();
        ref var from = ref MemoryMarshal.GetReference(table);
        for (var (target, source) = (0, 0); target < sums.Length; target += rows * width)
        {
            AddRows(ref Unsafe.Add(ref from, source), rowStride, ref sums[target], (rows, width), step);
            var place = digits.Length - 1;
            for (; place >= 0 && ++digits[place] == domains[place]; place--)
            {
                source -= strides[place] * (domains[place] - 1);
                digits[place] = 0;
            }

            source += place >= 0 ? strides[place] : 0;
        }
    }

    /// <summary>The last dimensions that a table runs through, or is repeated along, as if they were one: how many there are before, and the size.</summary>
    private static (int Outer, int Width) Fuse(ReadOnlySpan<int> domains, ReadOnlySpan<int> strides)
    {
        var (outer, width) = (domains.Length, 1);
        while (outer > 0 && strides[outer - 1] == strides[^1] * width)
        {
            outer--;
            width *= domains[outer];
        }

        return (outer, width);
    }

    /// <summary>Adds rows of a table, whose numbers are so many apart (0: it is one), to rows of sums.</summary>
    private static void AddRows(ref double table, int rowStride, ref double sums, (int Rows, int Width) size, int step)
    {
        for (var row = 0; row < size.Rows; row++)
        {
            ref var from = ref Unsafe.Add(ref table, row * rowStride);
            ref var to = ref Unsafe.Add(ref sums, row * size.Width);
            var index = step <= 1 ? AddVectors(ref from, ref to, size.Width, step) : 0;
            for (; index < size.Width; index++)
            {
                Unsafe.Add(ref to, index) += Unsafe.Add(ref from, index * step);
            }
        }
    }

    /// <summary>Adds as much of a row as whole vectors hold; returns how much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AddVectors(ref double table, ref double sums, int count, int step)
    {
        var index = 0;
        for (; index <= count - Vector256<double>.Count; index += Vector256<double>.Count)
        {
            var more = step == 0 ? Vector256.Create(table) : Vector256.LoadUnsafe(ref table, (nuint)index);
            (Vector256.LoadUnsafe(ref sums, (nuint)index) + more).StoreUnsafe(ref sums, (nuint)index);
        }

        return index;
    }

    private void Minimize(int step, ReadOnlySpan<int> scope, int inner)
    {
        var size = _sizes[step];
        var least = _sums.AsSpan(0, size);
        for (var label = 1; label < inner; label++)
        {
            TakeLess(_sums.AsSpan(label * size, size), least, _choices.AsSpan(_choiceStarts[step], size), (byte)label);
        }

        if (scope.Length == 1)
        {
            AddRows(ref _sums[0], 0, ref _unary[_network.UnaryStart(scope[0])], (1, size), 1);
            return;
        }

        _messages[step] = _arena.Rent(size);
        least.CopyTo(_arena[_messages[step], size]);
        if (scope.Length > 0)
        {
            PutInBucket(_network.FactorCount + step, scope);
        }
    }

    /// <summary>Takes a label where its row is less.</summary>
    private static void TakeLess(ReadOnlySpan<double> row, Span<double> least, Span<byte> choices, byte label)
    {
        var index = 0;
        for (; index <= row.Length - Vector256<double>.Count; index += Vector256<double>.Count)
        {
            var (ours, best) = (Vector256.Create(row[index..]), Vector256.Create<double>(least[index..]));
            var isLess = Vector256.LessThan(ours, best);
            Vector256.Min(ours, best).CopyTo(least[index..]);
            for (var bits = isLess.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                choices[index + BitOperations.TrailingZeroCount(bits)] = label;
            }
        }

        for (; index < row.Length; index++)
        {
            (least[index], choices[index]) = row[index] < least[index] ? (row[index], label) : (least[index], choices[index]);
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
