"""Goldens of the bidirectional LSTM: PyTorch's nn.LSTM in float64 on clips of several lengths, packed.

    python scripts/goldens/lstm.py      (in an environment with PyTorch, such as the benchmark's)

writes test/goldens/kernels/lstm.json. Each clip lies somewhere among the frames; PyTorch is given the clips alone, so
that its backward direction starts at a clip's last frame. Weights stand in Keras's layout: [in, 4 x units], gates
input, forget, cell, output, which is PyTorch's order too; PyTorch's two biases are one and zero.
"""

import json
from pathlib import Path

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

OUT = Path(__file__).resolve().parents[2] / "test" / "goldens" / "kernels" / "lstm.json"
FRAMES, CHANNELS, UNITS = 6, 3, 16
STARTS, LENGTHS = [0, 2, 1], [6, 3, 1]

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def drawn(*shape, size=1.0):
    """Numbers that float32 holds exactly, in a few digits."""
    return (torch.randn(*shape) * size * 64).round() / 64


lstm = torch.nn.LSTM(CHANNELS, UNITS, batch_first=True, bidirectional=True)
with torch.no_grad():
    for name, parameter in lstm.named_parameters():
        parameter.copy_(torch.zeros_like(parameter) if "bias_hh" in name else drawn(*parameter.shape, size=0.4))

x = drawn(len(LENGTHS), FRAMES, CHANNELS)
mask = torch.zeros(len(LENGTHS), FRAMES)
for row, (start, length) in enumerate(zip(STARTS, LENGTHS, strict=True)):
    mask[row, start : start + length] = 1
x = (x * mask[:, :, None]).requires_grad_()

clips = [x[row, start : start + length] for row, (start, length) in enumerate(zip(STARTS, LENGTHS, strict=True))]
packed = pack_padded_sequence(torch.nn.utils.rnn.pad_sequence(clips, True), LENGTHS, True, enforce_sorted=False)
padded, _ = pad_packed_sequence(lstm(packed)[0], True)
output = torch.stack(
    [
        torch.cat([torch.zeros(start, 2 * UNITS), padded[row, :length], torch.zeros(FRAMES - start - length, 2 * UNITS)])
        for row, (start, length) in enumerate(zip(STARTS, LENGTHS, strict=True))
    ]
)
direction = drawn(*output.shape) * mask[:, :, None]
(output * direction).sum().backward()


def listed(tensor):
    return json.loads(json.dumps(tensor.detach().tolist()), parse_float=lambda text: round(float(text), 7))


def weights(suffix, of):
    kernel, recurrent, bias = (
        of(getattr(lstm, name + suffix)) for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")
    )
    return {"kernel": listed(kernel.T), "recurrentKernel": listed(recurrent.T), "bias": listed(bias)}


golden = {
    "source": f"torch {torch.__version__}",
    "x": listed(x),
    "mask": listed(mask),
    "direction": listed(direction),
    "forward": weights("", lambda p: p),
    "backward": weights("_reverse", lambda p: p),
    "output": listed(output),
    "gradients": {
        "x": listed(x.grad),
        "forward": weights("", lambda p: p.grad),
        "backward": weights("_reverse", lambda p: p.grad),
    },
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
