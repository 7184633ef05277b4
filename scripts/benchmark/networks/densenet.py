"""src/models/densenet.ts in PyTorch: [batch, frames, bands, 1] to logits [batch, classes]."""

import torch
from torch import nn
from torch.nn import functional as F

from networks.convolution_blocks import Head, SameConvolution, fill, normalisation


class DenseLayer(nn.Module):
    def __init__(self, inputs: int, growth: int, bottleneck: int):
        super().__init__()
        self.norm, self.narrow = normalisation(inputs), SameConvolution(inputs, bottleneck * growth, 1, 1)
        self.narrow_norm = normalisation(bottleneck * growth)
        self.widen = SameConvolution(bottleneck * growth, growth, 3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        narrow = self.narrow(F.relu(self.norm(x)))
        return torch.cat([x, self.widen(F.relu(self.narrow_norm(narrow)))], 1)


class Transition(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.norm, self.keep = normalisation(inputs), SameConvolution(inputs, outputs, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = self.keep(F.relu(self.norm(x)))
        return F.avg_pool2d(kept, 2, ceil_mode=True, count_include_pad=False)


class DenseNet(nn.Module):
    def __init__(self, classes: int, stem_channels: int, growth: int, layers: list[int], bottleneck: int,
                 compression: float, head_units: int):  # fmt: skip
        super().__init__()
        self.stem, self.stem_norm = SameConvolution(1, stem_channels, 7, 2), normalisation(stem_channels)
        parts: list[nn.Module] = []
        channels = stem_channels
        for block, count in enumerate(layers):
            if block > 0:
                parts.append(Transition(channels, int(compression * channels)))
                channels = int(compression * channels)
            for _ in range(count):
                parts.append(DenseLayer(channels, growth, bottleneck))
                channels += growth
        self.parts = nn.Sequential(*parts)
        self.last_norm = normalisation(channels)
        self.head = Head(channels, head_units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.stem_norm(self.stem(x.permute(0, 3, 1, 2))))
        assert x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0, "windows of an odd size lie elsewhere in TensorFlow"
        x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        return self.head(F.relu(self.last_norm(self.parts(x))))


def build(task: dict) -> nn.Module:
    usual = {"stemChannels": 32, "growth": 24, "layers": [6, 12], "bottleneck": 4, "compression": 0.5, "headUnits": 128}
    options = usual | task["options"]
    return DenseNet(
        task["shape"]["classes"],
        options["stemChannels"],
        options["growth"],
        options["layers"],
        options["bottleneck"],
        options["compression"],
        options["headUnits"],
    )


def load(module: DenseNet, arrays: list) -> None:
    layers: list[nn.Module] = [module.stem, module.stem_norm]
    for part in module.parts:
        layers += [part.norm]
        layers += [part.narrow, part.narrow_norm, part.widen] if isinstance(part, DenseLayer) else [part.keep]
    fill([*layers, module.last_norm, module.head.score, module.head.hidden, module.head.logits], arrays)
