"""What the convolutional twins share: TensorFlow's padding, our head, and weights in the order of getWeights()."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class SameConvolution(nn.Conv2d):
    """TensorFlow's "same" padding: with a stride the missing cell is put after the last one, not around."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int):
        super().__init__(inputs, outputs, size, stride, padding=size // 2 if stride == 1 else 0, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        stride, size = self.stride[0], self.kernel_size[0]
        if stride > 1:
            missing = [max((math.ceil(n / stride) - 1) * stride + size - n, 0) for n in x.shape[:1:-1]]
            x = F.pad(x, [cells for n in missing for cells in (n // 2, n - n // 2)])
        return super().forward(x)


def normalisation(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.1)


class Head(nn.Module):
    """The mean over bands, frames pooled by mean and attention, one hidden layer: [batch, channels, frames, bands]."""

    def __init__(self, inputs: int, units: int, classes: int):
        super().__init__()
        self.score = nn.Linear(inputs, 1, bias=False)
        self.hidden, self.logits = nn.Linear(2 * inputs, units), nn.Linear(units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.mean(3).transpose(1, 2)  # [batch, frames, channels]
        weights = self.score(x).softmax(1)
        pooled = torch.cat([x.mean(1), (weights * x).sum(1)], 1)
        return self.logits(F.relu(self.hidden(pooled)))


@torch.no_grad()
def fill(layers: list[nn.Module], arrays: list) -> None:
    """Fills layers, in the order of tfjs' own, from getWeights(): learnt weights first, then batch statistics."""
    waiting = iter(torch.from_numpy(array) for array in arrays)
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            layer.weight.copy_(next(waiting).permute(3, 2, 0, 1))
        elif isinstance(layer, nn.Linear):
            layer.weight.copy_(next(waiting).T)
        else:
            layer.weight.copy_(next(waiting))
        if layer.bias is not None:
            layer.bias.copy_(next(waiting))
    for layer in layers:
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.copy_(next(waiting))
            layer.running_var.copy_(next(waiting))
    assert next(waiting, None) is None, "weights are left over"
