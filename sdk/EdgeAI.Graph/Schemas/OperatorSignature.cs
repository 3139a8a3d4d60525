using System.Collections.Immutable;

namespace EdgeAI.Graph.Schemas;

/// <summary>Operands and results of an operator in one version of its operator set, with their element types resolved.</summary>
/// <param name="Version">Version of the operator set.</param>
/// <param name="Inputs">Operands.</param>
/// <param name="Outputs">Results.</param>
/// <param name="VariableCount">Type variables of the operator.</param>
internal sealed record OperatorSignature(long Version, ImmutableArray<OperandSchema> Inputs, ImmutableArray<OperandSchema> Outputs, int VariableCount)
{
    /// <summary>Operands that must be given.</summary>
    public int RequiredInputs { get; } = CountRequired(Inputs);

    /// <summary>Results that are there when all are asked for.</summary>
    public int RequiredOutputs { get; } = CountRequired(Outputs);

    /// <summary>True where the last operand may be given any number of times.</summary>
    public bool HasOpenInputs { get; } = IsOpen(Inputs);

    /// <summary>True where the last result may be there any number of times.</summary>
    public bool HasOpenOutputs { get; } = IsOpen(Outputs);

    /// <summary>By position, as the standard counts: operands that may be given any number of times come after all others, given or named empty.</summary>
    private static int CountRequired(ImmutableArray<OperandSchema> operands) =>
        operands.Index().Where(item => item.Item.Least > 0 || item.Item.Arity == OperandArity.Variadic).Select(item => item.Index + item.Item.Least).LastOrDefault();

    private static bool IsOpen(ImmutableArray<OperandSchema> operands) => operands.Length > 0 && operands[^1].Arity == OperandArity.Variadic;
}
