"""Reference values for attention's kernels and layers: PyTorch's, forward and backward, in float64 where it offers it.

    python scripts/goldens/attention.py        (needs torch; the benchmark's environment has it)

Writes test/goldens/kernels/pytorch-attention.json. Numbers are rounded to seven digits, so that the file stays small.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "goldens" / "kernels"

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def normal(*shape: int, scale: float = 1.0) -> torch.Tensor:
    return (scale * torch.randn(*shape)).float().double().requires_grad_()


def numbers(tensor: torch.Tensor) -> dict:
    flat = [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": flat}


def case(inputs: dict, run, constants: dict | None = None) -> dict:
    """Inputs, the result, and the gradients of sum(weights * result) to every input."""
    result = run(**inputs, **(constants or {}))
    weights = normal(*result.shape)
    (weights.detach() * result).sum().backward()
    return {
        "inputs": {name: numbers(tensor) for name, tensor in inputs.items()},
        "constants": {name: numbers(tensor) for name, tensor in (constants or {}).items()},
        "weights": numbers(weights),
        "result": numbers(result),
        "gradients": {name: numbers(tensor.grad) for name, tensor in inputs.items()},
    }


def attention(qkv: torch.Tensor, mask: torch.Tensor, heads: int, scale: float = 1.0) -> torch.Tensor:
    batch, frames, width = qkv.shape
    size = width // 3 // heads
    q, k, v = qkv.view(batch, frames, 3, heads, size).permute(2, 0, 3, 1, 4)
    result = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.bool()[:, None, None, :], scale=scale)
    return result.transpose(1, 2).reshape(batch, frames, heads * size)


def block(norm: str, activation: str, channels: int = 8, hidden: int = 12) -> dict:
    """nn.TransformerEncoderLayer on a masked batch: its weights in TransformerBlock's order and layout."""
    heads, batch, frames = 2, 2, 5
    layer = nn.TransformerEncoderLayer(
        channels, heads, hidden, dropout=0.0, activation=activation, norm_first=norm == "pre", batch_first=True
    )
    for parameter in layer.parameters():
        parameter.data = (parameter.data + 0.1 * torch.randn_like(parameter)).float().double()
    x = normal(batch, frames, channels)
    mask = torch.tensor([[1.0, 1, 1, 1, 1], [0, 1, 1, 1, 0]])
    result = layer(x, src_key_padding_mask=mask == 0)
    weights = normal(batch, frames, channels)
    (weights.detach() * result).sum().backward()
    attend = layer.self_attn
    ordered = [
        layer.norm1.weight, layer.norm1.bias, attend.in_proj_weight, attend.in_proj_bias,
        attend.out_proj.weight, attend.out_proj.bias, layer.norm2.weight, layer.norm2.bias,
        layer.linear1.weight, layer.linear1.bias, layer.linear2.weight, layer.linear2.bias,
    ]  # fmt: skip
    return {
        "options": {"heads": heads, "hiddenUnits": hidden, "norm": norm, "activation": activation},
        "x": numbers(x),
        "mask": numbers(mask),
        "parameters": [numbers(p.T if p.ndim == 2 else p) for p in ordered],
        "weights": numbers(weights),
        "result": numbers(result),
        "gradientOfX": numbers(x.grad),
        "gradients": [numbers(p.grad.T if p.ndim == 2 else p.grad) for p in ordered],
    }


mask = torch.tensor([[1.0, 1, 1, 1, 1], [0, 0, 1, 1, 0]])
golden = {
    "source": f"PyTorch {torch.__version__.split('+')[0]}",
    "dense": case(
        {"x": normal(2, 3, 4), "kernel": normal(4, 5), "bias": normal(5)},
        lambda x, kernel, bias: F.linear(x, kernel.T, bias),
    ),
    "layerNorm": case(
        {"x": normal(2, 3, 32, scale=3.0), "scale": normal(32), "offset": normal(32)},
        lambda x, scale, offset: F.layer_norm(x, (32,), scale, offset, 1e-5),
    ),
    "gelu": case({"x": torch.linspace(-6, 6, 49).requires_grad_()}, lambda x: F.gelu(x)),
    "attention": {
        "heads": 2,
        **case({"qkv": normal(2, 5, 24)}, lambda qkv, mask: attention(qkv, mask, 2), {"mask": mask}),
    },
    "blocks": [block("pre", "gelu"), block("post", "gelu"), block("pre", "relu")],
}
# Heads of 16 channels, as many as native/attention.cc works on at once; the scale in the op.
mask = torch.tensor([[1.0, 1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 1, 0, 0]])
golden["scaledAttention"] = {
    "heads": 2,
    **case({"qkv": normal(2, 7, 96, scale=2.0)}, lambda qkv, mask: attention(qkv, mask, 2, 0.25), {"mask": mask}),
}
# Heads and hidden units that fill native/encoder-block.cc's vectors.
golden["blocks"].append(block("pre", "gelu", channels=32, hidden=48))

OUT.mkdir(parents=True, exist_ok=True)
(OUT / "pytorch-attention.json").write_text(json.dumps(golden) + "\n")
