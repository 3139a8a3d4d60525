namespace EdgeAI.Graph;

/// <summary>
/// Runs a small model on feeds that are all constants; the facade supplies one that uses the CPU device. Used to fold
/// constants and to calibrate. Returns one tensor per graph output, or null for outputs that are no dense tensors.
/// </summary>
/// <param name="model">The model to run.</param>
/// <param name="feeds">A tensor per graph input, in order.</param>
public delegate IReadOnlyList<ConstantTensor?> GraphEvaluator(Model model, IReadOnlyList<ConstantTensor> feeds);
