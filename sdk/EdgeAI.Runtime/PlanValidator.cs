using EdgeAI.Hal;

namespace EdgeAI.Runtime;

internal static class PlanValidator
{
    public static void Validate(Plan plan)
    {
        Require(plan.Devices.Length > 0, "A plan has at least one device, the host.");
        foreach (var device in plan.Devices)
        {
            Require(device.ArenaByteCount >= 0, $"Arena of device '{device.Id}' has {device.ArenaByteCount} bytes; expected at least 0.");
        }

        Require(plan.Devices.Select(device => device.Id).Distinct().Count() == plan.Devices.Length, "A device stands in the plan twice.");
        for (var i = 0; i < plan.Tensors.Length; i++)
        {
            CheckTensor(plan, i);
        }

        foreach (var executable in plan.Executables)
        {
            Require((uint)executable.Device < (uint)plan.Devices.Length, $"An executable names device {executable.Device} of {plan.Devices.Length}.");
            Require(!executable.Nodes.IsEmpty, "An executable names no node.");
        }

        CheckArenas(plan);

        CheckSteps(plan);
        CheckReport(plan.Report);
    }

    private static void CheckReport(PlanReport report)
    {
        foreach (var row in report.Operators)
        {
            Require(row.Reads.All(read => (uint)read < (uint)report.Operators.Length), $"Operator '{row.Node}' reads row {string.Join(", ", row.Reads)} of {report.Operators.Length}.");
        }
    }

    private static void CheckTensor(Plan plan, int index)
    {
        var (spec, device, offset) = plan.Tensors[index];
        Require((uint)device < (uint)plan.Devices.Length, $"Tensor {index} '{spec.Name}' names device {device} of {plan.Devices.Length}.");
        if (offset < 0)
        {
            return;
        }

        Require(spec.HasByteCount, $"Tensor {index} '{spec}' has a place but no fixed size.");
        var bytes = spec.ByteCount;
        var arena = plan.Devices[device].ArenaByteCount;
        Require(offset <= arena - bytes, $"Tensor {index} '{spec.Name}' at {offset}+{bytes} passes the end of the arena of {arena} bytes.");
    }

    /// <summary>An arena ends where its last tensor does: a plan cannot ask for memory that it has no use for.</summary>
    private static void CheckArenas(Plan plan)
    {
        var ends = new long[plan.Devices.Length];
        foreach (var tensor in plan.Tensors.Where(tensor => !tensor.IsLate))
        {
            ends[tensor.Device] = Math.Max(ends[tensor.Device], tensor.Offset + tensor.Spec.ByteCount);
        }

        for (var i = 0; i < ends.Length; i++)
        {
            Require(plan.Devices[i].ArenaByteCount - ends[i] <= HostBuffer.Alignment, $"Arena of device '{plan.Devices[i].Id}' has {plan.Devices[i].ArenaByteCount} bytes; its tensors end at {ends[i]}.");
        }
    }

    private static void CheckSteps(Plan plan)
    {
        var written = new bool[plan.Tensors.Length];
        foreach (var input in plan.Inputs)
        {
            CheckIndex(plan, input, 0, "Input");
            written[input] = true;
        }

        for (var i = 0; i < plan.Steps.Length; i++)
        {
            Require(plan.Steps[i].Predicted.Seconds is >= 0 and < 1e9, $"Step {i} is predicted to take {plan.Steps[i].Predicted.Seconds} s; expected a time of at least 0.");
            switch (plan.Steps[i])
            {
                case RunStep run:
                    CheckRun(plan, run, i, written);
                    break;
                case CopyStep copy:
                    CheckCopy(plan, copy, i, written);
                    break;
                default:
                    throw new ExecutableFormatException($"Step {i} is of an unknown kind.");
            }
        }

        foreach (var output in plan.Outputs)
        {
            CheckIndex(plan, output, 0, "Output");
            Require(written[output], $"Output '{plan.Tensors[output].Spec.Name}' is written by no step.");
        }
    }

    private static void CheckRun(Plan plan, RunStep step, int index, bool[] written)
    {
        Require((uint)step.Executable < (uint)plan.Executables.Length, $"Step {index} runs executable {step.Executable} of {plan.Executables.Length}.");
        var (executable, device, _) = plan.Executables[step.Executable];
        var signature = executable.Signature;
        Require(
            step.Inputs.Length == signature.Inputs.Length && step.Outputs.Length == signature.Outputs.Length,
            $"Step {index} binds {step.Inputs.Length} inputs and {step.Outputs.Length} outputs; the executable has {signature.Inputs.Length} and {signature.Outputs.Length}.");
        for (var i = 0; i < step.Inputs.Length; i++)
        {
            CheckIndex(plan, step.Inputs[i], device, $"Step {index}, input {i}");
            Require(written[step.Inputs[i]], $"Step {index} reads tensor '{plan.Tensors[step.Inputs[i]].Spec.Name}' before any step writes it.");
            CheckBinding(plan.Tensors[step.Inputs[i]].Spec, signature.Inputs[i], $"Step {index}, input {i}");
        }

        for (var i = 0; i < step.Outputs.Length; i++)
        {
            CheckIndex(plan, step.Outputs[i], device, $"Step {index}, output {i}");
            CheckBinding(plan.Tensors[step.Outputs[i]].Spec, signature.Outputs[i], $"Step {index}, output {i}");
            written[step.Outputs[i]] = true;
        }
    }

    private static void CheckCopy(Plan plan, CopyStep step, int index, bool[] written)
    {
        Require((uint)step.From < (uint)plan.Tensors.Length && (uint)step.To < (uint)plan.Tensors.Length, $"Step {index} copies tensor {step.From} to {step.To} of {plan.Tensors.Length}.");
        var (from, to) = (plan.Tensors[step.From], plan.Tensors[step.To]);
        Require(written[step.From], $"Step {index} copies tensor '{from.Spec.Name}' before any step writes it.");
        Require(!from.IsLate && !to.IsLate && from.Spec.ByteCount == to.Spec.ByteCount, $"Step {index} copies {from.Spec} to {to.Spec}; both need one fixed size.");
        written[step.To] = true;
    }

    private static void CheckIndex(Plan plan, int tensor, int device, string what)
    {
        Require((uint)tensor < (uint)plan.Tensors.Length, $"{what} names tensor {tensor} of {plan.Tensors.Length}.");
        Require(plan.Tensors[tensor].Device == device, $"{what}: tensor '{plan.Tensors[tensor].Spec.Name}' lies on device '{plan.Devices[plan.Tensors[tensor].Device].Id}'; expected '{plan.Devices[device].Id}'.");
    }

    private static void CheckBinding(TensorSpec found, TensorSpec expected, string what) =>
        Require(
            found.Type == expected.Type && found.Shape.IsCompatibleWith(expected.Shape),
            $"{what} is bound to {found}; expected {expected}.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ExecutableFormatException("Plan: " + message);
        }
    }
}
