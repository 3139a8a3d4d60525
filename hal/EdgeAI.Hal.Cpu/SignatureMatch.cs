using System.Collections.Immutable;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>Holds an executable's signature against the model that it came with.</summary>
internal static class SignatureMatch
{
    /// <summary>The signature to use: the executable's, or the model's own where that is empty.</summary>
    /// <exception cref="ExecutableFormatException">A name, type or shape differs from the model's, or an input is left out.</exception>
    public static ExecutableSignature Check(ExecutableSignature signature, OrtSession session)
    {
        if (signature.Inputs.IsDefaultOrEmpty && signature.Outputs.IsDefaultOrEmpty)
            return new ExecutableSignature([.. session.Inputs.Select(port => port.Spec)], [.. session.Outputs.Select(port => port.Spec)]);
        var inputs = signature.Inputs.IsDefault ? [] : signature.Inputs;
        var outputs = signature.Outputs.IsDefault ? [] : signature.Outputs;
        Check("input", inputs, session.Inputs);
        Check("output", outputs, session.Outputs);
        foreach (var port in session.Inputs)
        {
            if (!inputs.Any(input => input.Name == port.Spec.Name))
                throw new ExecutableFormatException($"Device 'cpu': the model needs input {port.Spec}, which the signature leaves out.");
        }

        return new ExecutableSignature([.. inputs.Select(input => Typed(input, session.Inputs))], [.. outputs.Select(output => Typed(output, session.Outputs))]);
    }

    /// <summary>A port without element type takes the model's.</summary>
    private static TensorSpec Typed(TensorSpec spec, ImmutableArray<OrtPort> ports) =>
        spec.Type != DataType.Undefined ? spec : spec with { Type = ports.First(port => port.Spec.Name == spec.Name).Spec.Type };

    private static void Check(string role, ImmutableArray<TensorSpec> specs, ImmutableArray<OrtPort> ports)
    {
        var seen = new HashSet<string>();
        foreach (var spec in specs)
        {
            if (!seen.Add(spec.Name))
                throw new ExecutableFormatException($"Device 'cpu': the signature names {role} '{spec.Name}' twice.");
            var found = ports.Where(port => port.Spec.Name == spec.Name).Select(port => port.Spec).FirstOrDefault();
            if (found is null)
            {
                throw new ExecutableFormatException(
                    $"Device 'cpu': the model has no {role} '{spec.Name}'; it has {string.Join(", ", ports.Select(port => port.Spec))}.");
            }

            // An output's shape is what ONNX Runtime infers, and its kernels may do otherwise (pools with ceil_mode before version 22).
            if (spec.Type is not DataType.Undefined && (spec.Type != found.Type || (role == "input" && !spec.Shape.IsCompatibleWith(found.Shape))))
                throw new ExecutableFormatException($"Device 'cpu': the signature declares {role} {spec}; the model has {found}.");
        }
    }
}
