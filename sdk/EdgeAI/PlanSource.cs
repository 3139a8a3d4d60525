using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>Where a model's plans come from.</summary>
internal abstract class PlanSource
{
    /// <summary>Name for messages: the file's.</summary>
    public abstract string Name { get; }

    /// <summary>Inputs as the model declares them.</summary>
    public abstract ImmutableArray<TensorSpec> Inputs { get; }

    /// <summary>Outputs as the model declares them.</summary>
    public abstract ImmutableArray<TensorSpec> Outputs { get; }

    /// <summary>The shapes of the inputs that the first plan is for.</summary>
    public abstract ImmutableArray<Shape> DeclaredShapes { get; }

    /// <summary>A plan for these shapes of the inputs.</summary>
    public abstract Plan Make(ImmutableArray<Shape> shapes);

    /// <summary>Says that a plan for these shapes cannot be loaded; true where another is made in its place.</summary>
    public virtual bool Distrust(ImmutableArray<Shape> shapes, Exception error) => false;

    /// <summary>The plan of the declared shapes with the key of what it was made of and for.</summary>
    public abstract PlanBundle Bundle(Plan plan);

    /// <summary>Does it, with the name in what it throws.</summary>
    public T In<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ModelFormatException error)
        {
            throw error.In(Name);
        }
        catch (ExecutableFormatException error) when (!error.Message.StartsWith(Name, StringComparison.Ordinal))
        {
            throw new ExecutableFormatException($"{Name}: {error.Message}", error);
        }
    }
}
