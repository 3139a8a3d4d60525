using System.CommandLine;
using System.Globalization;
using EdgeAI.Cli;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = new RootCommand("""
    edgeai: places ONNX models on NPU, DSP and CPU, says why, and runs them.

    Examples:
      edgeai devices
      edgeai plan keyword.onnx --profile hub
      edgeai plan keyword.onnx --check plan.lock
      edgeai calibrate keyword.onnx
      edgeai run keyword.onnx --input waveform=hello.wav --json
      edgeai disasm keyword.onnx --device npu
      edgeai quantize keyword.onnx --calibrate calibration.npz:waveform --output keyword_int8.onnx --report keyword.html
      edgeai evaluate keyword.onnx keyword_int8.onnx --data test.npz:waveform --labels test.npz:label
      edgeai npu keyword.onnx --sram 512KiB
      edgeai operators --device dsp

    Exit codes: 0 done, 1 wrong usage, 2 bad input or missing device (the message says which), 3 worse than agreed (plan --check), 130 cancelled.
    """)
{
    DevicesCommand.Create(),
    InspectCommand.Create(),
    PlanCommand.Create(),
    CalibrateCommand.Create(),
    RunCommand.Create(),
    DisasmCommand.Create(),
    QuantizeCommand.Create(),
    EvaluateCommand.Create(),
    NpuCommand.Create(),
    OperatorsCommand.Create(),
};
return root.Parse(args).Invoke();
