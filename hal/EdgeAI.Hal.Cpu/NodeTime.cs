namespace EdgeAI.Hal.Cpu;

/// <summary>What one node of an optimized model took, by ONNX Runtime's profiler (resolution: 1 µs).</summary>
/// <param name="Node">Name of the node; ONNX Runtime's own for fused ones.</param>
/// <param name="Operator">Operator type.</param>
/// <param name="MeanMicroseconds">Mean over the runs.</param>
/// <param name="LeastMicroseconds">Least of the runs.</param>
/// <param name="Count">Times that it was run, in all measured runs together.</param>
public readonly record struct NodeTime(string Node, string Operator, double MeanMicroseconds, double LeastMicroseconds, int Count);
