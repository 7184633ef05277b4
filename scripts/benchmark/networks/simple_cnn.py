"""src/models/simple-cnn.ts in PyTorch: [batch, frames, bands, 1] to logits [batch, classes]."""

import torch
from torch import nn

from networks.convolution_blocks import Head, SameConvolution, fill, normalisation


class SimpleCnn(nn.Module):
    def __init__(self, classes: int, channels: list[int], convolutions: list[int], stem_stride: int, head_units: int):
        super().__init__()
        layers, inputs = layer(1, channels[0], 5, stem_stride), channels[0]
        for stage, outputs in enumerate(channels):
            if stage > 0:
                layers.append(nn.MaxPool2d(2, ceil_mode=True))  # an odd last row or column makes a window of its own
            for _ in range(convolutions[stage]):
                layers += layer(inputs, outputs, 3, 1)
                inputs = outputs
        self.layers = nn.Sequential(*layers)
        self.head = Head(inputs, head_units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(x.permute(0, 3, 1, 2)))


def layer(inputs: int, outputs: int, size: int, stride: int) -> list[nn.Module]:
    return [SameConvolution(inputs, outputs, size, stride), normalisation(outputs), nn.ReLU()]


def build(task: dict) -> nn.Module:
    usual = {"channels": [32, 64, 64], "convolutions": [1, 2, 3], "stemStride": 2, "headUnits": 128}
    options = usual | task["options"]
    return SimpleCnn(
        task["shape"]["classes"],
        options["channels"],
        options["convolutions"],
        options["stemStride"],
        options["headUnits"],
    )


def load(module: SimpleCnn, arrays: list) -> None:
    learnt = [layer for layer in module.layers if isinstance(layer, (nn.Conv2d, nn.BatchNorm2d))]
    fill([*learnt, module.head.score, module.head.hidden, module.head.logits], arrays)
