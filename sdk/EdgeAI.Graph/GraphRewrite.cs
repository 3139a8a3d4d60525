using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Rewrites;

namespace EdgeAI.Graph;

/// <summary>A rule that looks at one node at a time and answers with a patch or nothing.</summary>
public abstract class GraphRewrite
{
    /// <summary>What the rule does, for traces and messages.</summary>
    public abstract string Name { get; }

    /// <summary>Operators that the rule looks at; empty for all.</summary>
    protected internal virtual ImmutableArray<string> Operators => [];

    /// <summary>
    /// Offers the rule every node of the model's graphs, and again those that a patch has touched, until it finds nothing more.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="verifyEachPatch">Verifies the whole model after each patch: for tests.</param>
    /// <returns>Number of patches made.</returns>
    /// <exception cref="InvalidOperationException">The rule finds something again and again, or a patch was refused.</exception>
    public int Apply(Model model, bool verifyEachPatch = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new RewriteRun(model, [this], verifyEachPatch).Run()[0];
    }

    /// <summary>The change to make at this node, or null.</summary>
    protected internal abstract GraphPatch? Match(Model model, Node node);

    /// <summary>Called once before the first node.</summary>
    protected internal virtual void Prepare(Model model)
    {
    }

    /// <summary>Gives the rule what is inferred; only where it asks for it.</summary>
    internal virtual void Prepare(InferenceEngine engine)
    {
    }

    /// <summary>True for rules that want to know more than the recorded types.</summary>
    internal virtual bool NeedsInference => false;

    /// <summary>Changes that are found in the model as a whole, when no node has anything left; each is made at once.</summary>
    internal virtual IEnumerable<GraphPatch> Collect(Model model) => [];
}
