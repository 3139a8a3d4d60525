using System.IO.MemoryMappedFiles;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>
/// How far a worker has come, in a mapped file: what is written before a mutant is run is there after the worker has died of it, and
/// a campaign that was stopped goes on where it was.
/// </summary>
public sealed class FuzzState : IDisposable
{
    private const int Seed = 0, Next = 8, Running = 16, SlowestAt = 24, Slowest = 32, LargestAt = 40, Largest = 48, CountedAt = 56, Counts = 64, Bytes = 4096;
    private const int StageNames = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Opens or makes the file.</summary>
    /// <exception cref="InvalidDataException">It belongs to a campaign of another seed.</exception>
    public FuzzState(string path, int seed)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Bytes);
        _view = _file.CreateViewAccessor(0, Bytes);
        if (_view.ReadInt64(Seed) is not 0 and var found && found != seed + 1L)
        {
            throw new InvalidDataException($"{path} belongs to a campaign with seed {found - 1}; expected {seed}. Give another folder or that seed.");
        }

        _view.Write(Seed, seed + 1L);
    }

    /// <summary>The mutant that comes next, counted among the worker's own.</summary>
    public long Position
    {
        get => _view.ReadInt64(Next);
        set => _view.Write(Next, value);
    }

    /// <summary>The mutant that is run now, plus one; 0 between mutants.</summary>
    public long Current
    {
        get => _view.ReadInt64(Running);
        set => _view.Write(Running, value);
    }

    /// <summary>True where the mutant that is run now is counted already and is only made smaller.</summary>
    public bool IsCounted
    {
        get => _view.ReadBoolean(CountedAt);
        set => _view.Write(CountedAt, value);
    }

    /// <summary>The mutant that took the most processor time, and its milliseconds.</summary>
    public (long Index, double Milliseconds) SlowestMutant => (_view.ReadInt64(SlowestAt), _view.ReadDouble(Slowest));

    /// <summary>The mutant that took the most managed memory, and its bytes.</summary>
    public (long Index, long Bytes) LargestMutant => (_view.ReadInt64(LargestAt), _view.ReadInt64(Largest));

    /// <summary>Mutants that ended so in that stage.</summary>
    public long this[FuzzResult result, int stage]
    {
        get => _view.ReadInt64(Offset(result, stage));
        private set => _view.Write(Offset(result, stage), value);
    }

    /// <summary>Mutants that ended so.</summary>
    public long Count(FuzzResult result) => Enumerable.Range(0, StageNames).Sum(stage => this[result, stage]);

    /// <summary>Counts a mutant.</summary>
    public void Add(long index, FuzzOutcome outcome, int stage)
    {
        this[outcome.Result, stage]++;
        if (outcome.Milliseconds > SlowestMutant.Milliseconds)
        {
            _view.Write(SlowestAt, index);
            _view.Write(Slowest, outcome.Milliseconds);
        }

        if (outcome.AllocatedBytes > LargestMutant.Bytes)
        {
            _view.Write(LargestAt, index);
            _view.Write(Largest, outcome.AllocatedBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static int Offset(FuzzResult result, int stage) => Counts + (((int)result * StageNames) + Math.Min(stage, StageNames - 1)) * sizeof(long);
}
