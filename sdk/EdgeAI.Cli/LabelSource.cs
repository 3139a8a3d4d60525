using System.Globalization;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>
/// What samples really are: "file.npz:array" or .npy with a number each; text with a number (or "file,number") per line; JSON that
/// maps files to a number or to boxes [class, left, top, right, bottom].
/// </summary>
internal sealed class LabelSource
{
    private readonly string _path;
    private readonly IReadOnlyList<string> _names;
    private readonly int[] _numbers = [];
    private readonly Dictionary<string, DetectionBox[]> _boxes = new(StringComparer.Ordinal);

    /// <param name="text">The option's value.</param>
    /// <param name="names">The samples' file names; empty where they are no files.</param>
    public LabelSource(string text, IReadOnlyList<string> names)
    {
        var (path, array) = SampleSource.SplitArray(text);
        (_path, _names) = (path, names);
        _numbers = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npz" => FromArchive(path, array),
            ".npy" => Integers(NumpyFile.Read(path), path),
            ".json" => FromJson(path),
            _ => FromText(File.ReadAllLines(path)),
        };
    }

    public bool HasBoxes => _boxes.Count > 0;

    /// <summary>Whether there is a label of that kind for each sample.</summary>
    /// <exception cref="TensorMismatchException">Some sample has none.</exception>
    public void Check(int samples, bool wantsBoxes)
    {
        if (wantsBoxes && !HasBoxes)
        {
            throw new TensorMismatchException($"{_path} holds classes; expected boxes: a .json that maps files to boxes [class, left, top, right, bottom].");
        }

        if (!wantsBoxes && HasBoxes)
        {
            throw new TensorMismatchException($"{_path} holds boxes; expected a class for each sample, or --metric map.");
        }

        if (!wantsBoxes && _numbers.Length < samples)
        {
            throw new TensorMismatchException($"{_path}: {_numbers.Length} classes for {samples} samples; expected one for each.");
        }

        if (wantsBoxes)
        {
            Enumerable.Range(0, samples).ToList().ForEach(sample => Boxes(sample));
        }
    }

    /// <summary>The sample's class.</summary>
    public int Number(int sample) => sample < _numbers.Length ? _numbers[sample]
        : throw new TensorMismatchException($"{_path}: {_numbers.Length} labels; there are more samples.");

    /// <summary>The boxes in the sample's picture.</summary>
    public DetectionBox[] Boxes(int sample) =>
        sample >= _names.Count ? throw new TensorMismatchException($"{_path}: boxes belong to files; the samples are no files of a folder.")
        : _boxes.TryGetValue(_names[sample], out var boxes) ? boxes
        : throw new TensorMismatchException($"{_path}: nothing is said of '{_names[sample]}'.");

    private static int[] FromArchive(string path, string? array)
    {
        using var archive = NumpyArchive.Open(path);
        return Integers(archive.Read(array ?? (archive.Names is [var only] ? only : archive.Names.FirstOrDefault(name => name is "label" or "labels" or "y") ?? "label")), path);
    }

    private int[] FromText(string[] lines)
    {
        var rows = lines.Where(line => line.Length > 0).Select(line => line.Split(',', StringSplitOptions.TrimEntries)).ToList();
        return rows.Count > 0 && rows[0].Length > 1 && _names.Count > 0 ? ByName(Table(rows))
            : [.. rows.Select(row => Number(row[^1]))];
    }

    private Dictionary<string, int> Table(List<string[]> rows)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var row in rows)
        {
            if (!numbers.TryAdd(row[0], Number(row[^1])))
            {
                throw new TensorMismatchException($"{_path}: '{row[0]}' is named twice.");
            }
        }

        return numbers;
    }

    private int[] FromJson(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var numbers = new Dictionary<string, int>();
            foreach (var item in json.RootElement.EnumerateObject())
            {
                if (item.Value.ValueKind == JsonValueKind.Array)
                {
                    _boxes[item.Name] = [.. item.Value.EnumerateArray().Select(Box)];
                }
                else
                {
                    numbers[item.Name] = item.Value.GetInt32();
                }
            }

            return numbers.Count == 0 ? [] : _names.Count > 0 ? ByName(numbers)
                : throw new TensorMismatchException($"{path}: its classes belong to files; the samples are no files of a folder.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new TensorMismatchException($"{path}: {error.Message} Expected an object that maps files to a number or to boxes [class, left, top, right, bottom].");
        }
    }

    private int[] ByName(Dictionary<string, int> numbers) =>
        [.. _names.Select(name => numbers.TryGetValue(name, out var number) ? number : throw new TensorMismatchException($"{_path}: nothing is said of '{name}'."))];

    private static DetectionBox Box(JsonElement box)
    {
        var numbers = box.EnumerateArray().Select(item => item.GetSingle()).ToArray();
        return numbers is [var label, var left, var top, var right, var bottom] ? new((int)label, left, top, right, bottom)
            : throw new FormatException($"A box of {numbers.Length} numbers.");
    }

    private int Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new TensorMismatchException($"{_path}: label '{text}' is no whole number.");

    private static int[] Integers(EdgeTensor tensor, string path) =>
        [.. SampleConversion.Numbers(tensor).Select(value => (int)value == value ? (int)value : throw new TensorMismatchException($"{path}: label {value} is no whole number."))];
}
