namespace EdgeAI.Hal.Io;

/// <summary>Direction and bias of a pin.</summary>
public enum PinMode
{
    /// <summary>High-impedance input.</summary>
    Input,
    /// <summary>Driven output.</summary>
    Output,
    /// <summary>Input with a resistor to ground.</summary>
    InputPullDown,
    /// <summary>Input with a resistor to the supply.</summary>
    InputPullUp,
}

/// <summary>General-purpose pins of a board, by line number.</summary>
public abstract class GpioPort : IDisposable
{
    /// <summary>Claims a pin.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The board has no such pin.</exception>
    /// <exception cref="InvalidOperationException">The pin is open already.</exception>
    public abstract void Open(int pin, PinMode mode);

    /// <summary>Sets an output pin.</summary>
    /// <exception cref="InvalidOperationException">The pin is not open as an output.</exception>
    public abstract void Write(int pin, bool high);

    /// <summary>Level of an open pin.</summary>
    /// <exception cref="InvalidOperationException">The pin is not open.</exception>
    public abstract bool Read(int pin);

    /// <summary>Gives a pin back.</summary>
    public abstract void Close(int pin);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes all pins; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Blocks of audio samples in −1…1, one channel.</summary>
public abstract class AudioSource : IDisposable
{
    /// <summary>Samples per second.</summary>
    public abstract int SampleRate { get; }

    /// <summary>Fills as much of the span as there is; 0 at the end.</summary>
    public abstract int Read(Span<float> samples);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the source; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Size and layout of camera frames: 8-bit RGB, rows without padding.</summary>
public readonly record struct FrameFormat(int Width, int Height)
{
    /// <summary>Bytes of a frame.</summary>
    public int ByteCount => checked(Width * Height * 3);
}

/// <summary>Frames of a camera.</summary>
public abstract class FrameSource : IDisposable
{
    /// <summary>Size of the frames.</summary>
    public abstract FrameFormat Format { get; }

    /// <summary>Copies the next frame; false at the end.</summary>
    /// <exception cref="ArgumentException">The span is shorter than a frame.</exception>
    public abstract bool TryRead(Span<byte> frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the camera; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>One measured quantity, for example a temperature in °C.</summary>
public abstract class SensorChannel
{
    /// <summary>What is measured.</summary>
    public abstract string Name { get; }

    /// <summary>Unit of the values.</summary>
    public abstract string Unit { get; }

    /// <summary>Measures now.</summary>
    /// <exception cref="IOException">The sensor does not answer.</exception>
    public abstract double Read();
}
