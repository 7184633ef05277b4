"""write_tflite.py GRAPH_FOLDER MODEL.tflite float32|float16|int8: the exported graph by TensorFlow's own converter."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from exported_graph import read_graph
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

PLAIN = {
    "add": tf.add,
    "subtract": tf.subtract,
    "multiply": tf.multiply,
    "divide": tf.divide,
    "maximum": tf.maximum,
    "minimum": tf.minimum,
    "absolute": tf.abs,
    "squareRoot": tf.sqrt,
    "logarithm": tf.math.log,
    "floor": tf.floor,
    "relu": tf.nn.relu,
    "softmax": tf.nn.softmax,
    "gelu": lambda x: tf.nn.gelu(x, approximate=False),
    "isGreater": lambda a, b: tf.cast(tf.greater(a, b), tf.float32),
}
REDUCTIONS = {"sum": tf.reduce_sum, "mean": tf.reduce_mean, "largest": tf.reduce_max}


def compute(operation, inputs, precision):
    kind, given = operation["kind"], operation["attributes"]
    if kind in PLAIN:
        return PLAIN[kind](*inputs)
    if kind in REDUCTIONS:
        return REDUCTIONS[kind](inputs[0], axis=given["axes"], keepdims=True)
    if kind == "multiplyMatrices":
        a, b = inputs
        if given["exact"] and precision == "int8":
            # The converter would round the features' tables as it rounds kernels: as a sum of products it leaves them.
            return tf.reduce_sum(a[..., :, :, None] * b[..., None, :, :], axis=-2)
        return tf.matmul(a, b)
    if kind == "convolve":
        x, kernel, bias = inputs
        top, bottom, left, right = given["pads"]
        padded = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]])
        return tf.nn.conv2d(padded, kernel, given["strides"], "VALID") + bias
    if kind == "reshape":
        return tf.reshape(inputs[0], given["shape"])
    if kind == "transpose":
        return tf.transpose(inputs[0], given["order"])
    if kind == "gather":
        return tf.gather(inputs[0], tf.cast(inputs[1], tf.int32), axis=given["axis"])
    if kind == "concatenate":
        return tf.concat(inputs, given["axis"])
    raise ValueError(f"TFLite has no operation for {kind}")


def halve_weights(model, weights):
    """
    The model with these weights as float16 and a DEQUANTIZE before their use. The converter's own float16 takes every
    constant, and in float16 neither the places of 48,000 samples nor the features' tables are what they were.
    """
    loaded = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    (graph,) = loaded.subgraphs
    known = {fingerprint(values) for values in weights}
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.DEQUANTIZE
    code.version = 3
    loaded.operatorCodes.append(code)
    casts = []
    for index, tensor in enumerate(list(graph.tensors)):
        data = loaded.buffers[tensor.buffer].data
        if tensor.type != schema.TensorType.FLOAT32 or data is None or len(data) == 0:
            continue
        values = np.frombuffer(bytes(data), np.float32)
        if fingerprint(values) not in known:
            continue
        stored = schema.TensorT()
        stored.name, stored.shape, stored.type = tensor.name + b"/half", tensor.shape, schema.TensorType.FLOAT16
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.astype(np.float16).tobytes(), np.uint8)
        stored.buffer = len(loaded.buffers)
        loaded.buffers.append(buffer)
        tensor.buffer = 0  # computed from now on
        cast = schema.OperatorT()
        cast.opcodeIndex = len(loaded.operatorCodes) - 1
        cast.inputs, cast.outputs = [len(graph.tensors)], [index]
        graph.tensors.append(stored)
        casts.append(cast)
    graph.operators = casts + graph.operators
    # What they were before would stay in the file.
    used = {tensor.buffer for tensor in graph.tensors} | {entry.buffer for entry in loaded.metadata or []}
    for index, buffer in enumerate(loaded.buffers):
        if index not in used:
            buffer.data = None
    return bytes(flatbuffer_utils.convert_object_to_bytearray(loaded))


def fingerprint(values):
    """The same for the same numbers in any order: the converter transposes some."""
    return hashlib.sha256(np.sort(values, axis=None).tobytes()).hexdigest()


def main(folder, path, precision):
    graph, constants = read_graph(folder)

    @tf.function(input_signature=[tf.TensorSpec(graph["input"]["shape"], tf.float32, graph["input"]["name"])])
    def hear(samples):
        values = {name: tf.constant(np.array(array)) for name, (array, _) in constants.items()}
        values[graph["input"]["name"]] = samples
        for operation in graph["operations"]:
            inputs = [values[name] for name in operation["inputs"]]
            values[operation["name"]] = compute(operation, inputs, precision)
        return {"probabilities": values[graph["output"]]}

    converter = tf.lite.TFLiteConverter.from_concrete_functions([hear.get_concrete_function()])
    if precision == "int8":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    model = converter.convert()
    if precision == "float16":
        weights = [values for name, (values, _) in constants.items() if name.startswith("weight")]
        model = halve_weights(model, weights)
    Path(path).write_bytes(model)


main(*sys.argv[1:])
