namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// A bias beside two activations, as further steps of their depth whose products add up to it exactly: a column of the first matrix that
/// stands for 1 (or −1), others that stand for the largest and the smallest difference from its zero point, and below the second matrix a row
/// of digits for each.
/// </summary>
/// <param name="Columns">The first matrix's bytes, alike in all of its rows.</param>
/// <param name="Digits">The second matrix's rows, one for each column.</param>
internal sealed record BiasRows(byte[] Columns, byte[] Digits)
{
    private const int MostRows = 256;
    private const int UnitStep = -1;

    /// <summary>The rows for a constant bias; null when 8-bit operands of these zero points cannot make it up in few enough.</summary>
    public static BiasRows? Of(int[] bias, Quantization first, Quantization second)
    {
        var (low, high) = Differences(first);
        int[][] choices = [[high], [low], [high, low]];
        return choices.Select(steps => Of(bias, high > 0 ? 1 : -1, steps, first, second)).OfType<BiasRows>().MinBy(rows => rows.Columns.Length);
    }

    private static BiasRows? Of(int[] bias, int unit, int[] steps, Quantization first, Quantization second)
    {
        var parts = bias.Select(value => Split(value, unit, steps, second)).ToArray();
        var counts = steps.Select((_, step) => parts.Where(part => part.Step == step).Select(part => Math.Min(part.Rows, MostRows)).DefaultIfEmpty(0).Max()).ToArray();
        if (counts.Sum() >= MostRows)
        {
            return null;
        }

        (int Step, int Index)[] rows = [(UnitStep, 0), .. counts.SelectMany((count, step) => Enumerable.Range(0, (int)count).Select(index => (step, index)))];
        return new BiasRows(
            [.. rows.Select(row => (byte)(first.ZeroPoint + (row.Step == UnitStep ? unit : steps[row.Step])))],
            [.. rows.SelectMany(row => parts.Select(part => (byte)(second.ZeroPoint + part.Digit(row.Step, row.Index, second))))]);
    }

    /// <summary>A bias as Units times the unit and Sum times a step, and the rows over which the sum is spread.</summary>
    private readonly record struct Part(int Units, int Step, long Sum, long Rows)
    {
        public int Digit(int step, int index, Quantization second)
        {
            var (low, high) = Differences(second);
            return step == UnitStep ? Units
                : step != Step ? 0
                : (int)Math.Clamp(Sum - (index * (long)(Sum > 0 ? high : low)), Sum > 0 ? 0 : low, Sum > 0 ? high : 0);
        }
    }

    private static (int Low, int High) Differences(Quantization quantization) =>
        (quantization.Minimum - quantization.ZeroPoint, quantization.Maximum - quantization.ZeroPoint);

    /// <summary>The split with the fewest rows. Some units leave a multiple of each step: their digits are 256 in a row, and a step is at most 255.</summary>
    private static Part Split(long bias, int unit, int[] steps, Quantization second)
    {
        var (low, high) = Differences(second);
        var best = new Part(0, 0, 0, long.MaxValue);
        for (var step = 0; step < steps.Length; step++)
        {
            for (var units = low; units <= high && steps[step] != 0; units++)
            {
                var (sum, rest) = Math.DivRem(bias - (unit * units), steps[step]);
                if (rest == 0 && RowsOf(sum) is var rows && rows < best.Rows)
                {
                    best = new Part(units, step, sum, rows);
                }
            }
        }

        return best;

        long RowsOf(long sum) => sum == 0 ? 0 : (sum > 0 ? high : -low) is var reach and > 0 ? (Math.Abs(sum) + reach - 1) / reach : long.MaxValue;
    }
}
