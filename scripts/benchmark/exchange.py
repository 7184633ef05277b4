"""Reads the file of exchange.mjs: weights in the model's order, and one batch."""

from typing import NamedTuple

import numpy as np
from safetensors.numpy import load_file


class Exchange(NamedTuple):
    names: list[str]
    weights: list[np.ndarray]
    inputs: np.ndarray
    labels: np.ndarray


def read_exchange(path: str) -> Exchange:
    arrays = load_file(path)
    numbered = sorted(name for name in arrays if name[:4].isdigit())
    return Exchange(
        names=[name[5:] for name in numbered],
        weights=[arrays[name] for name in numbered],
        inputs=arrays["inputs"],
        labels=arrays["labels"],
    )
