"""src/models/resnet.ts in PyTorch: [batch, frames, bands, 1] to logits [batch, classes]."""

import torch
from torch import nn
from torch.nn import functional as F

from networks.convolution_blocks import Head, SameConvolution, fill, normalisation


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
        self.head = Head(inputs, head_units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.permute(0, 3, 1, 2)  # [batch, 1, frames, bands]
        x = F.relu(self.stem_norm(self.stem(x)))
        return self.head(self.blocks(x))


def build(task: dict) -> nn.Module:
    options = task["options"]
    return ResNet(
        task["shape"]["classes"], options["channels"], options["blocks"], options["stemStride"], options["headUnits"]
    )


def load(module: ResNet, arrays: list) -> None:
    layers: list[nn.Module] = [module.stem, module.stem_norm]
    for block in module.blocks:
        layers += [block.first, block.first_norm, block.second]
        layers += [block.shortcut] if block.projects else []
        layers += [block.second_norm]
        layers += [block.shortcut_norm] if block.projects else []
    fill([*layers, module.head.score, module.head.hidden, module.head.logits], arrays)
