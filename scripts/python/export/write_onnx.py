"""write_onnx.py GRAPH_FOLDER MODEL.onnx: the exported graph as an ONNX model, opset 17, checked by onnx itself."""

import sys

import numpy as np
import onnx
from exported_graph import read_graph
from onnx import TensorProto, helper, numpy_helper

OPSET = 17  # whatever runs ONNX since 2022 reads it
PLAIN = {
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "maximum": "Max",
    "minimum": "Min",
    "absolute": "Abs",
    "squareRoot": "Sqrt",
    "logarithm": "Log",
    "floor": "Floor",
    "relu": "Relu",
    "multiplyMatrices": "MatMul",
}


class Writer:
    def __init__(self, constants, kernels):
        self.nodes = []
        self.initializers = []
        for name, (values, scales) in constants.items():
            self.store(name, values, scales, is_kernel=name in kernels)

    def store(self, name, values, scales, is_kernel):
        """A constant by its own name, in float32 to whoever reads it; a convolution's kernel with its outputs first."""
        channel = values.ndim - 1
        if is_kernel:
            values, channel = values.transpose(3, 2, 0, 1), 0
        if values.dtype == np.float32:
            self.constant(name, values)
        elif scales is None:
            self.constant(f"{name}/stored", values)
            self.node("Cast", [f"{name}/stored"], name, to=TensorProto.FLOAT)
        else:
            self.constant(f"{name}/levels", values)
            self.constant(f"{name}/scales", scales)
            self.constant(f"{name}/zeros", np.zeros(len(scales), np.int8))
            parts = [f"{name}/levels", f"{name}/scales", f"{name}/zeros"]
            self.node("DequantizeLinear", parts, name, axis=channel)

    def constant(self, name, values):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def place(self, operation):
        kind, name, inputs, given = (operation[key] for key in ("kind", "name", "inputs", "attributes"))
        if kind in PLAIN:
            self.node(PLAIN[kind], inputs, name)
        elif kind == "softmax":
            self.node("Softmax", inputs, name, axis=-1)
        elif kind == "isGreater":
            self.node("Greater", inputs, f"{name}/is")
            self.node("Cast", [f"{name}/is"], name, to=TensorProto.FLOAT)
        elif kind == "gelu":
            self.gelu(name, inputs[0])
        elif kind == "convolve":
            self.convolve(name, inputs, given)
        elif kind == "sum":
            axes = self.constant(f"{name}/axes", np.array(given["axes"], np.int64))
            self.node("ReduceSum", [inputs[0], axes], name, keepdims=1)
        elif kind in ("mean", "largest"):
            reduction = "ReduceMean" if kind == "mean" else "ReduceMax"
            self.node(reduction, inputs, name, axes=given["axes"], keepdims=1)
        elif kind == "reshape":
            shape = self.constant(f"{name}/shape", np.array(given["shape"], np.int64))
            self.node("Reshape", [inputs[0], shape], name)
        elif kind == "transpose":
            self.node("Transpose", inputs, name, perm=given["order"])
        elif kind == "gather":
            self.node("Cast", [inputs[1]], f"{name}/indices", to=TensorProto.INT64)
            self.node("Gather", [inputs[0], f"{name}/indices"], name, axis=given["axis"])
        elif kind == "concatenate":
            self.node("Concat", inputs, name, axis=given["axis"])
        else:
            raise ValueError(f"ONNX has no operation for {kind}")

    def gelu(self, name, x):
        """x · Φ(x) = ½ x (1 + erf(x / √2)); ONNX Runtime fuses it."""
        root = self.constant(f"{name}/root", np.float32(np.sqrt(2)))
        one = self.constant(f"{name}/one", np.float32(1))
        half = self.constant(f"{name}/half", np.float32(0.5))
        self.node("Div", [x, root], f"{name}/inner")
        self.node("Erf", [f"{name}/inner"], f"{name}/erf")
        self.node("Add", [f"{name}/erf", one], f"{name}/sum")
        self.node("Mul", [x, f"{name}/sum"], f"{name}/twice")
        self.node("Mul", [f"{name}/twice", half], name)

    def convolve(self, name, inputs, given):
        """ONNX has channels first; ONNX Runtime removes the transpositions that meet."""
        top, bottom, left, right = given["pads"]
        self.node("Transpose", [inputs[0]], f"{name}/x", perm=[0, 3, 1, 2])
        self.node(
            "Conv",
            [f"{name}/x", inputs[1], inputs[2]],
            f"{name}/y",
            strides=given["strides"],
            pads=[top, left, bottom, right],
        )
        self.node("Transpose", [f"{name}/y"], name, perm=[0, 2, 3, 1])


def main(folder, path):
    graph, constants = read_graph(folder)
    kernels = {operation["inputs"][1] for operation in graph["operations"] if operation["kind"] == "convolve"}
    writer = Writer(constants, kernels)
    for operation in graph["operations"]:
        writer.place(operation)
    writer.node("Identity", [graph["output"]], "probabilities")
    shape = graph["operations"][-1]["shape"]
    given = helper.make_tensor_value_info(graph["input"]["name"], TensorProto.FLOAT, graph["input"]["shape"])
    answer = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, shape)
    model = helper.make_model(
        helper.make_graph(writer.nodes, "affectlab", [given], [answer], writer.initializers),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="affectlab",
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


main(*sys.argv[1:])
