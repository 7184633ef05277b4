"""src/models/lstm.ts in PyTorch: [batch, frames, bands] to logits [batch, classes], without dropout.

The benchmark's clips fill their row, so nn.LSTM runs over whole rows: packed sequences, which padding would ask for,
are slower.
"""

import torch
from torch import nn
from torch.nn import functional as F


class BidirectionalLstm(nn.LSTM):
    """nn.LSTM with one bias, as in Keras and in ours: the second of PyTorch's two is zero and not learnt."""

    def __init__(self, inputs: int, units: int):
        super().__init__(inputs, units, batch_first=True, bidirectional=True)
        for name in ("bias_hh_l0", "bias_hh_l0_reverse"):
            delattr(self, name)
            self.register_buffer(name, torch.zeros(4 * units))
        self._flat_weights = [getattr(self, name) for name in self._flat_weights_names]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x)[0]


class MaskedAttentivePooling(nn.Module):
    """Mean, deviation and attention over the frames that are no padding: [batch, frames, channels] to 3 x channels."""

    def __init__(self, channels: int):
        super().__init__()
        self.score = nn.Linear(channels, 1, bias=False)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        attention = (self.score(x).squeeze(2) + (mask - 1) * 1e9).softmax(1) * mask
        share = mask / mask.sum(1, keepdim=True).clamp(min=1)  # [batch, frames]
        mean, attended = torch.stack([share, attention], 1).bmm(x).unbind(1)
        variance = share[:, None].bmm((x - mean[:, None]).square()).squeeze(1)
        return torch.cat([mean, (variance + 1e-5).sqrt(), attended], 1)


class Lstm(nn.Module):
    def __init__(self, bands: int, classes: int, units: list[int], head_units: int):
        super().__init__()
        inputs = [bands, *(2 * width for width in units)]
        self.layers = nn.ModuleList(map(BidirectionalLstm, inputs, units))
        self.pooling = MaskedAttentivePooling(inputs[-1])
        self.head, self.logits = nn.Linear(3 * inputs[-1], head_units), nn.Linear(head_units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = (x != 0).any(2).to(x.dtype)  # [batch, frames]
        for layer in self.layers:
            x = layer(x)
        return self.logits(F.relu(self.head(self.pooling(x.float(), mask))))


def build(task: dict) -> nn.Module:
    options = task["options"]
    assert options["dropout"] == 0, "dropout draws other numbers on every side: compare without"
    shape = task["shape"]
    return Lstm(shape["bands"], shape["classes"], options["units"], options["headUnits"])


@torch.no_grad()
def load(module: Lstm, arrays: list) -> None:
    """Fills the module from getWeights(); gates stand in the same order: input, forget, cell, output."""
    waiting = iter(torch.from_numpy(array) for array in arrays)
    for layer in module.layers:
        for suffix in ("", "_reverse"):
            getattr(layer, "weight_ih_l0" + suffix).copy_(next(waiting).T)
            getattr(layer, "weight_hh_l0" + suffix).copy_(next(waiting).T)
            getattr(layer, "bias_ih_l0" + suffix).copy_(next(waiting))
    module.pooling.score.weight.copy_(next(waiting).T)
    for linear in (module.head, module.logits):
        linear.weight.copy_(next(waiting).T)
        linear.bias.copy_(next(waiting))
    assert next(waiting, None) is None, "weights are left over"
