"""Goldens of batch normalisation in training: PyTorch's in float64, with the rectifier and a shortcut behind it.

    python scripts/goldens/batch-norm.py      (in an environment with PyTorch, such as the benchmark's)

writes test/goldens/kernels/batch-norm.json: for x [batch, height, width, channels] of five channels, one of which does
not vary, statistics (the biased variance), values, and the gradients of the sum of y x direction by every argument.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

OUT = Path(__file__).resolve().parents[2] / "test" / "goldens" / "kernels" / "batch-norm.json"
SHAPE, EPSILON = (2, 3, 2, 5), 1e-3

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def drawn(*shape):
    """Numbers that float32 and bf16 hold exactly, in a few digits."""
    return (torch.randn(*shape) * 16).round() / 16


def channels_first(tensor):
    return tensor.permute(0, 3, 1, 2)


x, shortcut, direction = drawn(*SHAPE), drawn(*SHAPE), drawn(*SHAPE)
x[..., 3] = 1.5
scale, offset = drawn(SHAPE[-1]).abs() + 0.5, drawn(SHAPE[-1])
given = {"x": x, "shortcut": shortcut, "scale": scale, "offset": offset}


def follow(name, normalised, shortcut):
    if name == "nothing":
        return normalised
    return F.relu(normalised) if name == "rectifier" else F.relu(normalised + shortcut)


def listed(tensor):
    return json.loads(json.dumps(tensor.detach().tolist()), parse_float=lambda text: round(float(text), 7))


results = {}
for name in ("nothing", "rectifier", "shortcut"):
    own = {key: tensor.clone().requires_grad_() for key, tensor in given.items()}
    normalised = F.batch_norm(channels_first(own["x"]), None, None, own["scale"], own["offset"], True, eps=EPSILON)
    y = follow(name, normalised.permute(0, 2, 3, 1), own["shortcut"])
    (y * direction).sum().backward()
    gradients = {key: listed(tensor.grad) for key, tensor in own.items() if tensor.grad is not None}
    results[name] = {"y": listed(y), "gradients": gradients}

golden = {
    "epsilon": EPSILON,
    **{key: listed(tensor) for key, tensor in given.items()},
    "direction": listed(direction),
    "mean": listed(x.mean((0, 1, 2))),
    "variance": listed(x.var((0, 1, 2), unbiased=False)),
    "results": results,
}
OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
