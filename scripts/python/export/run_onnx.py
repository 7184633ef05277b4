"""run_onnx.py MODEL.onnx: sounds on standard input, probabilities on standard output, float32, in ONNX Runtime."""

import sys

import numpy as np
import onnxruntime
from serve_sounds import serve

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
(given,) = session.get_inputs()


def hear(samples):
    return session.run(None, {given.name: samples.reshape(given.shape)})[0]


serve(f"ONNX Runtime {onnxruntime.__version__}", int(np.prod(given.shape)), hear)
