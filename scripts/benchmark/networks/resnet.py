"""src/models/resnet.ts in PyTorch: [batch, frames, bands, 1] to logits [batch, classes]."""

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


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.first, self.first_norm = SameConvolution(inputs, outputs, 3, stride), normalisation(outputs)
        self.second, self.second_norm = SameConvolution(outputs, outputs, 3, 1), normalisation(outputs)
        self.projects = stride > 1 or inputs != outputs
        if self.projects:
            self.shortcut, self.shortcut_norm = SameConvolution(inputs, outputs, 1, stride), normalisation(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        return F.relu(y + (self.shortcut_norm(self.shortcut(x)) if self.projects else x))


class ResNet(nn.Module):
    def __init__(self, classes: int, channels: list[int], blocks: list[int], stem_stride: int, head_units: int):
        super().__init__()
        self.stem, self.stem_norm = SameConvolution(1, channels[0], 3, stem_stride), normalisation(channels[0])
        stages, inputs = [], channels[0]
        for stage, outputs in enumerate(channels):
            for block in range(blocks[stage]):
                stages.append(ResidualBlock(inputs, outputs, 2 if stage > 0 and block == 0 else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*stages)
        self.score = nn.Linear(inputs, 1, bias=False)
        self.head, self.logits = nn.Linear(2 * inputs, head_units), nn.Linear(head_units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.permute(0, 3, 1, 2)  # [batch, 1, frames, bands]
        x = F.relu(self.stem_norm(self.stem(x)))
        x = self.blocks(x).mean(3).transpose(1, 2)  # [batch, frames, channels]
        weights = self.score(x).softmax(1)
        pooled = torch.cat([x.mean(1), (weights * x).sum(1)], 1)
        return self.logits(F.relu(self.head(pooled)))


def build(task: dict) -> nn.Module:
    options = {"channels": [16, 32, 64], "blocks": [1, 2, 2], "stemStride": 2, "headUnits": 128} | task["options"]
    return ResNet(
        task["shape"]["classes"], options["channels"], options["blocks"], options["stemStride"], options["headUnits"]
    )


@torch.no_grad()
def load(module: ResNet, arrays: list) -> None:
    """Fills the module from getWeights(): learnt weights in the order of tfjs' layers, then batch statistics."""
    layers: list[nn.Module] = [module.stem, module.stem_norm]
    for block in module.blocks:
        layers += [block.first, block.first_norm, block.second]
        layers += [block.shortcut] if block.projects else []
        layers += [block.second_norm]
        layers += [block.shortcut_norm] if block.projects else []
    layers += [module.score, module.head, module.logits]
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
