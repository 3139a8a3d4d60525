using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// float32 matrix products. Every element is one chain of fused multiply-adds over k upwards, whatever block it falls into,
/// so blocks may overlap at the edge and compute some elements twice with the same result.
/// </summary>
internal static unsafe class MatrixKernel
{
    private const int Width = 8;

    /// <summary>Runs a verified product.</summary>
    public static void Run(MatrixProduct product, nint* regions)
    {
        var columns = (int)product.Columns;
        for (var batch = 0L; batch < product.Batch; batch++)
        {
            var b = Start(product.B, regions, batch);
            for (var row = 0L; row < product.Rows;)
            {
                var rows = product.Rows - row >= 4 ? 4 : 1;
                var block = new Block(
                    Start(product.A, regions, batch) + (row * product.A.RowStride), product.A.RowStride, b, product.B.RowStride, product.Depth,
                    Start(product.C, regions, batch) + (row * product.C.RowStride), product.C.RowStride,
                    product.Bias is { } bias ? Start(bias, regions, batch) + (row * bias.RowStride) : null, product.Bias?.RowStride ?? 0);
                RunRows(block, rows, columns);
                row += rows;
            }
        }
    }

    private static float* Start(MatrixOperand matrix, nint* regions, long batch) =>
        (float*)((byte*)regions[matrix.Memory.Region] + matrix.Memory.ByteOffset) + (batch * matrix.BatchStride);

    private static void RunRows(in Block block, int rows, int columns)
    {
        if (columns < Width)
        {
            for (var i = 0; i < rows * columns; i++)
            {
                block.Single(i / columns, i % columns);
            }

            return;
        }

        var column = 0;
        if (rows == 4)
        {
            for (; column <= columns - (2 * Width); column += 2 * Width)
            {
                block.FourByTwo(column);
            }
        }
        else
        {
            for (; column <= columns - (4 * Width); column += 4 * Width)
            {
                block.OneByFour(column);
            }
        }

        for (; column < columns; column += Width)
        {
            for (var row = 0; row < rows; row++)
            {
                block.OneByOne(row, Math.Min(column, columns - Width));
            }
        }
    }

    private readonly struct Block(float* a, long aStride, float* b, long bStride, long depth, float* c, long cStride, float* bias, long biasStride)
    {
        public void FourByTwo(int column)
        {
            Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            var row = b + column;
            for (var k = 0L; k < depth; k++)
            {
                var (b0, b1) = (Vector256.Load(row), Vector256.Load(row + Width));
                var factor = Vector256.Create(a[k]);
                (s00, s01) = (Vector256.FusedMultiplyAdd(factor, b0, s00), Vector256.FusedMultiplyAdd(factor, b1, s01));
                factor = Vector256.Create(a[aStride + k]);
                (s10, s11) = (Vector256.FusedMultiplyAdd(factor, b0, s10), Vector256.FusedMultiplyAdd(factor, b1, s11));
                factor = Vector256.Create(a[(2 * aStride) + k]);
                (s20, s21) = (Vector256.FusedMultiplyAdd(factor, b0, s20), Vector256.FusedMultiplyAdd(factor, b1, s21));
                factor = Vector256.Create(a[(3 * aStride) + k]);
                (s30, s31) = (Vector256.FusedMultiplyAdd(factor, b0, s30), Vector256.FusedMultiplyAdd(factor, b1, s31));
                row += bStride;
            }

            Finish(s00, 0, column);
            Finish(s01, 0, column + Width);
            Finish(s10, 1, column);
            Finish(s11, 1, column + Width);
            Finish(s20, 2, column);
            Finish(s21, 2, column + Width);
            Finish(s30, 3, column);
            Finish(s31, 3, column + Width);
        }

        public void OneByFour(int column)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            var row = b + column;
            for (var k = 0L; k < depth; k++)
            {
                var factor = Vector256.Create(a[k]);
                s0 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(row), s0);
                s1 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(row + Width), s1);
                s2 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(row + (2 * Width)), s2);
                s3 = Vector256.FusedMultiplyAdd(factor, Vector256.Load(row + (3 * Width)), s3);
                row += bStride;
            }

            Finish(s0, 0, column);
            Finish(s1, 0, column + Width);
            Finish(s2, 0, column + (2 * Width));
            Finish(s3, 0, column + (3 * Width));
        }

        public void OneByOne(int row, int column)
        {
            var sum = Vector256<float>.Zero;
            for (var k = 0L; k < depth; k++)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[(row * aStride) + k]), Vector256.Load(b + column + (k * bStride)), sum);
            }

            Finish(sum, row, column);
        }

        public void Single(int row, int column)
        {
            var sum = 0f;
            for (var k = 0L; k < depth; k++)
            {
                sum = MathF.FusedMultiplyAdd(a[(row * aStride) + k], b[column + (k * bStride)], sum);
            }

            c[(row * cStride) + column] = bias is null ? sum : sum + bias[(row * biasStride) + column];
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish(Vector256<float> sum, int row, int column)
        {
            var result = bias is null ? sum : sum + Vector256.Load(bias + (row * biasStride) + column);
            result.Store(c + (row * cStride) + column);
        }
    }
}
