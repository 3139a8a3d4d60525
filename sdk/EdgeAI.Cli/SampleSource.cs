using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Hal;
using EdgeAI.Numpy;

namespace EdgeAI.Cli;

/// <summary>
/// Samples for a model from a folder of files, an .npz or .npy array whose first axis counts samples, or a .csv file with a
/// sample per line. They are read one at a time, each time anew.
/// </summary>
internal sealed class SampleSource
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".wav", ".npy", ".pb"];

    private readonly string _path;
    private readonly ImmutableArray<TensorSpec> _inputs;
    private readonly SampleSettings _settings;
    private readonly string? _array;
    private readonly List<string>? _files;

    public SampleSource(string path, ImmutableArray<TensorSpec> inputs, SampleSettings settings)
    {
        (_path, _array) = SplitArray(path);
        (_inputs, _settings) = (inputs, settings);
        if (!File.Exists(_path) && !Directory.Exists(_path))
        {
            throw new FileNotFoundException($"There is no file or folder '{_path}'; expected a folder of samples, an .npz, .npy or .csv file.");
        }

        if (inputs.IsEmpty)
        {
            throw new TensorMismatchException("The model has no inputs; there is nothing to feed samples to.");
        }

        if (_array is not null && inputs.Length > 1)
        {
            throw new TensorMismatchException($"{path}: the model has {inputs.Length} inputs, one array is named; give the file alone: each input takes the array of its name.");
        }

        _files = Directory.Exists(_path) ? Files() : null;
        Count = (int)Math.Min(_settings.Limit, CountAll());
    }

    /// <summary>Samples that will come.</summary>
    public int Count { get; }

    /// <summary>Names of the samples where they are files, else their numbers.</summary>
    public IReadOnlyList<string> Names => _files is null ? [] : [.. _files.Select(file => Path.GetFileName(file)).Take(_settings.Limit)];

    /// <summary>For each sample a tensor per input.</summary>
    public IEnumerable<IReadOnlyList<EdgeTensor>> Read() => All().Take(_settings.Limit);

    /// <summary>"file.npz:array" apart.</summary>
    public static (string Path, string? Array) SplitArray(string text)
    {
        var at = text.IndexOf(".npz:", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? (text, null) : (text[..(at + 4)], text[(at + 5)..]);
    }

    private IEnumerable<IReadOnlyList<EdgeTensor>> All() => Path.GetExtension(_path).ToLowerInvariant() switch
    {
        _ when _files is not null => _files.Select(file => (IReadOnlyList<EdgeTensor>)[ReadFile(file)]),
        ".npz" => Archive(),
        ".npy" => NumpyFile.ReadSlices(_path).Select(slice => (IReadOnlyList<EdgeTensor>)[SampleConversion.Fit(Only(), slice, _settings)]),
        ".csv" => File.ReadLines(_path).Select(Row).OfType<float[]>().Select(row => (IReadOnlyList<EdgeTensor>)[SampleConversion.Fit(Only(), row, _settings)]),
        _ => throw Unknown(),
    };

    private TensorMismatchException Unknown() => new($"{_path}: expected a folder of samples, an .npz, .npy or .csv file.");

    private long CountAll() => Path.GetExtension(_path).ToLowerInvariant() switch
    {
        _ when _files is not null => _files.Count,
        ".npz" => CountArchive(),
        ".npy" => CountArray(),
        ".csv" => File.ReadLines(_path).Select(Row).OfType<float[]>().LongCount(),
        _ => throw Unknown(),
    };

    private long CountArchive()
    {
        using var archive = NumpyArchive.Open(_path);
        return _inputs.Min(input => Slices(archive.Describe(ArrayFor(archive, input)).Shape));
    }

    private long CountArray()
    {
        using var stream = File.OpenRead(_path);
        return Slices(new NpyReader(stream, _path).Shape);
    }

    private long Slices(Shape shape) => shape.Rank > 0 ? shape[0].Value
        : throw new TensorMismatchException($"{_path}: a scalar has no slices; expected an array whose first axis counts samples.");

    private IEnumerable<IReadOnlyList<EdgeTensor>> Archive()
    {
        using var archive = NumpyArchive.Open(_path);
        var columns = _inputs.Select(input => archive.ReadSlices(ArrayFor(archive, input)).GetEnumerator()).ToList();
        try
        {
            while (columns.TrueForAll(column => column.MoveNext()))
            {
                yield return [.. columns.Select((column, index) => SampleConversion.Fit(_inputs[index], column.Current, _settings))];
            }
        }
        finally
        {
            columns.ForEach(column => column.Dispose());
        }
    }

    /// <summary>The array of the input's name, the one that was named, or the only one.</summary>
    private string ArrayFor(NumpyArchive archive, TensorSpec input) =>
        _inputs.Length == 1 && _array is not null ? _array
        : archive.Names.Contains(input.Name) ? input.Name
        : archive.Names is [var only] && _inputs.Length == 1 ? only
        : throw new TensorMismatchException($"{_path}: no array is named '{input.Name}' like the input; found {string.Join(", ", archive.Names)}{(_inputs.Length == 1 ? $": name one, for example {_path}:{string.Concat(archive.Names.Take(1))}" : "")}.");

    private EdgeTensor ReadFile(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".npy" => SampleConversion.Fit(Only(), NumpyFile.Read(file), _settings),
        _ when PictureFile.IsOne(file) => PictureFile.Read(Only(), file, _settings),
        ".wav" => SampleConversion.Fit(Only(), InputFiles.ReadFile(Only(), file, _settings.Rate).AsSpan<float>().ToArray(), _settings),
        _ => SampleConversion.Fit(Only(), InputFiles.ReadFile(Only(), file, _settings.Rate), _settings),
    };

    private List<string> Files()
    {
        var files = Directory.EnumerateFiles(_path).Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new TensorMismatchException($"{_path}: no samples in this folder; expected {string.Join(", ", Extensions)} files.");
    }

    /// <summary>Null for a line of headings and for empty lines.</summary>
    private float[]? Row(string line, int number)
    {
        var cells = line.Split(',', StringSplitOptions.TrimEntries);
        var row = new float[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            if (!float.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out row[i]))
            {
                return number == 0 || line.Length == 0 ? null : throw new TensorMismatchException($"{_path}, line {number + 1}: '{cells[i]}' is no number.");
            }
        }

        return row;
    }

    private TensorSpec Only() => _inputs is [var input] ? input
        : throw new TensorMismatchException($"The model has {_inputs.Length} inputs: {string.Join("; ", _inputs)}. Give an .npz file with an array per input, named like it.");
}
