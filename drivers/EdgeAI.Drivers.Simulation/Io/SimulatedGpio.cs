using EdgeAI.Hal.Io;

namespace EdgeAI.Drivers.Simulation.Io;

/// <summary>Pins in memory: what is written can be read and watched. Thread-safe.</summary>
public sealed class SimulatedGpio(int pinCount = 28) : GpioPort
{
    private readonly Pin?[] _pins = new Pin?[pinCount];
    private readonly Lock _lock = new();

    /// <summary>Raised after an output pin has changed its level: pin and new level.</summary>
    public event Action<int, bool>? Changed;

    /// <inheritdoc/>
    public override void Open(int pin, PinMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pin, _pins.Length);
        lock (_lock)
        {
            _pins[pin] = _pins[pin] is null ? new Pin(mode, mode == PinMode.InputPullUp)
                : throw new InvalidOperationException($"Pin {pin} is open already.");
        }
    }

    /// <inheritdoc/>
    public override void Write(int pin, bool high)
    {
        bool changed;
        lock (_lock)
        {
            var state = Find(pin);
            if (state.Mode != PinMode.Output)
            {
                throw new InvalidOperationException($"Pin {pin} is open as {state.Mode}; only an output can be written.");
            }

            changed = state.High != high;
            _pins[pin] = state with { High = high };
        }

        if (changed)
        {
            Changed?.Invoke(pin, high);
        }
    }

    /// <inheritdoc/>
    public override bool Read(int pin)
    {
        lock (_lock)
        {
            return Find(pin).High;
        }
    }

    /// <summary>Drives an input pin from outside, as a button would.</summary>
    /// <exception cref="InvalidOperationException">The pin is not open as an input.</exception>
    public void Drive(int pin, bool high)
    {
        lock (_lock)
        {
            var state = Find(pin);
            _pins[pin] = state.Mode != PinMode.Output ? state with { High = high }
                : throw new InvalidOperationException($"Pin {pin} is an output; it cannot be driven from outside.");
        }
    }

    /// <inheritdoc/>
    public override void Close(int pin)
    {
        lock (_lock)
        {
            _ = Find(pin);
            _pins[pin] = null;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            Array.Clear(_pins);
        }
    }

    private Pin Find(int pin) =>
        (uint)pin < (uint)_pins.Length && _pins[pin] is { } state ? state : throw new InvalidOperationException($"Pin {pin} is not open.");

    private sealed record Pin(PinMode Mode, bool High);
}
