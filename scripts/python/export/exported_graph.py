"""What src/export/graph-files.ts writes: a graph as plain Python objects, its constants as NumPy arrays."""

import json
from pathlib import Path

import numpy as np

TYPES = {"float32": np.float32, "float16": np.float16, "int8": np.int8}


def read_graph(folder):
    """The graph in a folder; `constants` maps a name to (array, scales), scales None but for int8."""
    graph = json.loads(Path(folder, "graph.json").read_text())
    data = Path(folder, "graph.bin").read_bytes()

    def array(dtype, shape, offset):
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(data, dtype, count, offset).reshape(shape)

    constants = {}
    for entry in graph["constants"]:
        values = array(TYPES[entry["type"]], entry["shape"], entry["offset"])
        scales = None
        if "scales" in entry:
            scales = array(np.float32, entry["shape"][-1:], entry["scales"])
        constants[entry["name"]] = (values, scales)
    return graph, constants
