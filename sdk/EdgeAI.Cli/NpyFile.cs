using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>Reads NumPy's .npy files: little-endian numbers in C order.</summary>
internal static partial class NpyFile
{
    public static EdgeTensor Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        if (bytes.Length < 12 || bytes[0] != 0x93 || !bytes[1..].StartsWith("NUMPY"u8))
        {
            throw new TensorMismatchException($"{path}: not a .npy file.");
        }

        var start = bytes[6] == 1 ? 10 : 12;
        var length = bytes[6] == 1 ? BitConverter.ToUInt16(bytes[8..]) : BitConverter.ToInt32(bytes[8..]);
        if (length < 0 || length > bytes.Length - start)
        {
            throw new TensorMismatchException($"{path}: header of {length} bytes in a file of {bytes.Length}: truncated.");
        }

        var header = Encoding.ASCII.GetString(bytes.Slice(start, length));
        var data = bytes[(start + length)..];
        return EdgeTensor.FromBytes(ElementType(path, header), ReadShape(path, header), data);
    }

    private static Shape ReadShape(string path, string header)
    {
        var text = Extents().Match(header).Groups[1];
        var extents = new List<long>();
        var count = (Int128)1;
        foreach (var part in text.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) || (count *= Math.Max(extent, 1)) > int.MaxValue)
            {
                throw new TensorMismatchException($"{path}: shape ({text.Value}); expected extents such as (1, 3), of at most 2^31 elements.");
            }

            extents.Add(extent);
        }

        return text.Success ? new Shape([.. extents]) : throw new TensorMismatchException($"{path}: its header has no shape.");
    }

    private static DataType ElementType(string path, string header) =>
        header.Contains("'fortran_order': True", StringComparison.Ordinal) ? throw new TensorMismatchException($"{path}: Fortran order; expected C order.")
        : Descriptor().Match(header).Groups[1].Value switch
        {
            "<f4" => DataType.Float32,
            "<f8" => DataType.Float64,
            "<f2" => DataType.Float16,
            "<i8" => DataType.Int64,
            "<i4" => DataType.Int32,
            "<i2" => DataType.Int16,
            "|i1" => DataType.Int8,
            "|u1" => DataType.UInt8,
            "|b1" => DataType.Boolean,
            var other => throw new TensorMismatchException($"{path}: element type '{other}' is not read."),
        };

    [GeneratedRegex(@"'shape':\s*\(([^)\n]*)\)")]
    private static partial Regex Extents();

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex Descriptor();
}
