using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>The DRAM of a simulated NPU: mapped blocks in an address space of its own, with gaps between them.</summary>
internal sealed unsafe class DeviceMemory(long capacity) : IDisposable
{
    private const ulong FirstAddress = 0x1000_0000;
    private const long Gap = 4096;

    private readonly SortedList<ulong, Mapping> _mappings = [];
    private readonly Lock _lock = new();
    private ulong _next = FirstAddress;
    private long _used;

    /// <summary>Bytes mapped now.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    public NpuMapping Map(long byteCount)
    {
        lock (_lock)
        {
            if (byteCount > capacity - _used)
            {
                throw new DeviceMemoryException($"Simulated NPU: {byteCount} bytes of DRAM wanted, {capacity - _used} of {capacity} are free.");
            }

            var mapping = new Mapping(this, new NativeBlock(byteCount), _next);
            _mappings.Add(_next, mapping);
            _next += (ulong)((byteCount + Gap + 63) & ~63L);
            _used += byteCount;
            return mapping;
        }
    }

    /// <summary>True when a mapping starts there.</summary>
    public bool IsMapped(ulong address)
    {
        lock (_lock)
        {
            return _mappings.ContainsKey(address);
        }
    }

    /// <summary>Host address of a range that lies wholly in one mapping, which is kept until <see cref="Unpin"/>; null if there is none.</summary>
    public byte* Pin(ulong address, long byteCount, out NpuMapping? pinned)
    {
        pinned = null;
        lock (_lock)
        {
            var (low, high) = (0, _mappings.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = _mappings.GetKeyAtIndex(middle) <= address ? (middle + 1, high) : (low, middle);
            }

            if (low == 0)
            {
                return null;
            }

            var mapping = _mappings.GetValueAtIndex(low - 1);
            var offset = address - mapping.DeviceAddress;
            if (offset > (ulong)mapping.ByteCount || byteCount > mapping.ByteCount - (long)offset)
            {
                return null;
            }

            mapping.Pins++;
            pinned = mapping;
            return mapping.Block.Pointer + offset;
        }
    }

    public void Unpin(NpuMapping pinned)
    {
        lock (_lock)
        {
            var mapping = (Mapping)pinned;
            mapping.Pins--;
            mapping.FreeIfUnused();
        }
    }

    /// <summary>Fills what lies around the mappings.</summary>
    public void FillAround(byte value)
    {
        lock (_lock)
        {
            foreach (var mapping in _mappings.Values)
            {
                mapping.Block.FillAround(mapping.ByteCount, value);
            }
        }
    }

    /// <summary>True where all around the mappings holds that value.</summary>
    public bool IsAround(byte value)
    {
        lock (_lock)
        {
            return _mappings.Values.All(mapping => mapping.Block.IsAround(mapping.ByteCount, value));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var mapping in _mappings.Values.ToArray())
            {
                mapping.Dispose();
            }
        }
    }

    private sealed class Mapping(DeviceMemory owner, NativeBlock block, ulong address) : NpuMapping
    {
        private bool _isUnmapped;

        public NativeBlock Block => block;

        /// <summary>Runs that work on it now; it is freed after the last.</summary>
        public int Pins { get; set; }

        public override nint HostAddress => (nint)block.Pointer;

        public override ulong DeviceAddress => address;

        public override long ByteCount => block.ByteCount;

        public void FreeIfUnused()
        {
            if (_isUnmapped && Pins == 0)
            {
                block.Dispose();
            }
        }

        protected override void Dispose(bool disposing)
        {
            lock (owner._lock)
            {
                if (!_isUnmapped)
                {
                    _isUnmapped = true;
                    owner._mappings.Remove(address);
                    owner._used -= block.ByteCount;
                    FreeIfUnused();
                }
            }
        }
    }
}
