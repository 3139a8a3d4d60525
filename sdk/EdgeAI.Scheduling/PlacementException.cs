namespace EdgeAI.Scheduling;

/// <summary>A placement problem that breaks its contract; the message names the place, what was found and what was expected.</summary>
public class PlacementException : Exception
{
    /// <summary>Without a message.</summary>
    public PlacementException()
    {
    }

    /// <summary>With a message.</summary>
    public PlacementException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public PlacementException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
