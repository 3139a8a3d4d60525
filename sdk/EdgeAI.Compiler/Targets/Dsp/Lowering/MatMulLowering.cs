using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Matrix products of float32 tensors; batches are equal, or one side has only one matrix.</summary>
internal sealed class MatMulLowering : NodeLowering
{
    public override string? WhyNot(Node node)
    {
        var (a, b) = (node.Input(0)!.Shape, node.Input(1)!.Shape);
        return NodeChecks.WhyNotTypes(node.Inputs, DataType.Float32)
            ?? (a.Rank == 0 || b.Rank == 0 ? "an operand is a scalar" : null)
            ?? (Batches(a) is 1 || Batches(b) is 1 || Leading(a).SequenceEqual(Leading(b)) ? null
                : $"the batches of {a} and {b} differ; expected equal ones, or one matrix on a side");
    }

    public override void Lower(Node node, SegmentLowering segment)
    {
        var (a, b) = (segment.View(node.Input(0)!), segment.View(node.Input(1)!));
        var (batchesA, batchesB) = (Batches(node.Input(0)!.Shape), Batches(node.Input(1)!.Shape));
        var rows = a.Extents.Length > 1 ? a.Extents[^2] : 1;
        var columns = b.Extents.Length > 1 ? b.Extents[^1] : 1;
        var depth = a.Extents[^1];
        var (batch, allRows) = batchesB == 1 ? (1, batchesA * rows) : (batchesB, rows);
        segment.Emit(new MatrixProduct(
            batch, allRows, depth, columns,
            new(a.Memory, depth, batchesB == 1 || batchesA == 1 ? 0 : rows * depth),
            new(b.Memory, columns, batchesB == 1 ? 0 : depth * columns),
            new(segment.Allocate(node.Output(0)!).Memory, columns, allRows * columns), null));
    }

    private static IEnumerable<Dimension> Leading(Shape shape) => shape.Dimensions.Take(Math.Max(0, shape.Rank - 2));

    private static long Batches(Shape shape) => Leading(shape).Aggregate(1L, (product, extent) => product * extent.Value);
}

/// <summary>Y = alpha·A·B + beta·C. Factors other than 1 are multiplied into constants.</summary>
internal sealed class GemmLowering : NodeLowering
{
    public override string? WhyNot(Node node) =>
        NodeChecks.WhyNotTypes(node.Inputs, DataType.Float32)
        ?? (node.Attributes.Float("alpha", 1) == 1 || node.Input(1)!.Constant is not null ? null : "alpha is not 1 and B is not constant")
        ?? (node.Input(2) is { } c ? WhyNotAddend(node, c) : null);

    public override void Lower(Node node, SegmentLowering segment)
    {
        var a = Oriented(node.Attributes.Int("transA", 0) != 0, segment.View(node.Input(0)!), segment);
        var b = ConstantFactor(node, segment) ?? Oriented(node.Attributes.Int("transB", 0) != 0, segment.View(node.Input(1)!), segment);
        var (rows, depth, columns) = (a.Extents[0], a.Extents[1], b.Extents[1]);
        segment.Emit(new MatrixProduct(
            1, rows, depth, columns, new(a.Memory, depth, 0), new(b.Memory, columns, 0),
            new(segment.Allocate(node.Output(0)!).Memory, columns, 0), Addend(node, rows, columns, segment)));
    }

    private static string? WhyNotAddend(Node node, Value c)
    {
        var columns = node.Output(0)!.Shape[1];
        var hasRows = c.Shape.Rank >= 1 && c.Shape[c.Shape.Rank - 1] == columns;
        return c.Constant is not null ? null
            : node.Attributes.Float("beta", 1) != 1 ? "beta is not 1 and C is not constant"
            : hasRows ? null : $"C is {c.Shape} and not constant; expected rows of {columns.Value}";
    }

    /// <summary>B when it is constant: turned round and multiplied by alpha at compile time.</summary>
    private static TensorView? ConstantFactor(Node node, SegmentLowering segment)
    {
        var (alpha, isTransposed) = (node.Attributes.Float("alpha", 1), node.Attributes.Int("transB", 0) != 0);
        if (node.Input(1)!.Constant is not { } tensor || (alpha == 1 && !isTransposed))
        {
            return null;
        }

        var extents = NodeChecks.Extents(node.Input(1));
        var (rows, columns) = ((int)extents[isTransposed ? 1 : 0], (int)extents[isTransposed ? 0 : 1]);
        return Made(segment, node.Input(1)!.Name, rows, columns, (row, column) =>
            alpha * tensor.AsSpan<float>()[isTransposed ? (column * rows) + row : (row * columns) + column]);
    }

    private static MatrixOperand? Addend(Node node, long rows, long columns, SegmentLowering segment)
    {
        if (node.Input(2) is not { } c)
        {
            return null;
        }

        var extents = NodeChecks.Extents(c);
        var (perRow, perColumn) = (extents.Length == 2 && extents[0] > 1, extents.Length > 0 && extents[^1] > 1);
        var beta = node.Attributes.Float("beta", 1);
        if (c.Constant is not { } tensor || (beta == 1 && extents.Length > 0 && extents[^1] == columns))
        {
            return new(segment.View(c).Memory, perRow ? columns : 0, 0);
        }

        var stride = perColumn ? (int)columns : 1;
        var view = Made(segment, c.Name, perRow ? (int)rows : 1, (int)columns, (row, column) =>
            beta * tensor.AsSpan<float>()[(perRow ? row * stride : 0) + (perColumn ? column : 0)]);
        return new(view.Memory, perRow ? columns : 0, 0);
    }

    /// <summary>A matrix as it is, or a copy with rows and columns exchanged.</summary>
    private static TensorView Oriented(bool isTransposed, TensorView view, SegmentLowering segment)
    {
        if (!isTransposed)
        {
            return view;
        }

        var turned = segment.Draft.Allocate(view.Type, [view.Extents[1], view.Extents[0]]);
        Copies.Emit(segment, turned.Extents, view.Memory, [1, view.Extents[1]], turned.Memory, turned.Strides);
        return turned;
    }

    private static TensorView Made(SegmentLowering segment, string name, int rows, int columns, Func<int, int, float> element)
    {
        var data = new float[rows * columns];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = element(i / columns, i % columns);
        }

        return segment.Draft.Constant(name, DataType.Float32, [rows, columns], System.Runtime.InteropServices.MemoryMarshal.AsBytes(data.AsSpan()).ToArray());
    }
}
