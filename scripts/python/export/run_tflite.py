"""run_tflite.py MODEL.tflite: sounds on standard input, probabilities on standard output, float32, in TFLite."""

import sys
import warnings

import numpy as np
import tensorflow as tf
from serve_sounds import serve

warnings.filterwarnings("ignore", message=".*tf.lite.Interpreter is deprecated.*")
interpreter = tf.lite.Interpreter(sys.argv[1], num_threads=2)
interpreter.allocate_tensors()
(given,) = interpreter.get_input_details()
(answer,) = interpreter.get_output_details()


def hear(samples):
    interpreter.set_tensor(given["index"], samples.reshape(given["shape"]))
    interpreter.invoke()
    return interpreter.get_tensor(answer["index"])


serve(f"TFLite of TensorFlow {tf.__version__}", int(np.prod(given["shape"])), hear)
