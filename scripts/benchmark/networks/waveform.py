"""src/models/simple-cnn-audio.ts and src/models/wav2vec2.ts in PyTorch: samples [batch, samples, 1] to logits."""

import torch
from torch import nn
from torch.nn import functional as F

from networks.waveform_options import CNN, WAV2VEC2


def frame_mask(x: torch.Tensor, stride: int, frames: int) -> torch.Tensor:
    """[batch, samples, 1] to [batch, frames] of 1 and 0: whether any of a frame's samples is not 0."""
    heard = F.pad((x[:, :, 0] != 0).float(), (0, -x.shape[1] % stride))
    return heard.unflatten(1, (-1, stride)).amax(2)[:, :frames]


def pool(x: torch.Tensor, mask: torch.Tensor, scores: torch.Tensor, deviation: bool) -> torch.Tensor:
    """MaskedAttentivePooling: x [batch, frames, channels], scores [batch, frames]."""
    attention = ((scores + (mask - 1) * 1e9).softmax(1) * mask)[:, :, None]
    share = (mask / mask.sum(1, keepdim=True).clamp(min=1))[:, :, None]
    mean, attended = (share * x).sum(1), (attention * x).sum(1)
    if not deviation:
        return torch.cat([mean, attended], 1)
    variance = (share * (x - mean[:, None]) ** 2).sum(1)
    return torch.cat([mean, (variance + 1e-5).sqrt(), attended], 1)


def shorten(x: torch.Tensor, size: int, by: str) -> torch.Tensor:
    """TensorFlow's "same" pooling: what the last window lacks is not counted."""
    if size == 1:
        return x
    missing = -x.shape[2] % size
    if by == "average":
        return F.avg_pool1d(x, size, size, padding=0, ceil_mode=True, count_include_pad=False)
    return F.max_pool1d(F.pad(x, (missing // 2, missing - missing // 2), value=float("-inf")), size)


class SimpleCnnAudio(nn.Module):
    def __init__(self, options: dict, classes: int):
        super().__init__()
        self.options = options
        channels, size = options["channels"], options["filterSamples"]
        self.convolutions = nn.ModuleList([nn.Conv1d(1, channels[0], size, options["stride"], bias=False)])
        inputs = channels[0]
        for filters, count in zip(channels, options["convolutions"]):
            for _ in range(count):
                self.convolutions.append(nn.Conv1d(inputs, filters, 3, padding=1, bias=False))
                inputs = filters
        self.norms = nn.ModuleList([nn.BatchNorm1d(c.out_channels, eps=1e-3, momentum=0.1) for c in self.convolutions])
        self.score = nn.Linear(inputs, 1, bias=False)
        self.head, self.logits = nn.Linear(2 * inputs, options["headUnits"]), nn.Linear(options["headUnits"], classes)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        options, stride = self.options, self.options["stride"]
        steps = options["filterSamples"] // stride
        before = (steps - 1) // 2 * stride
        x = F.pad(samples.transpose(1, 2), (before, options["filterSamples"] - stride - before))
        layers = iter(zip(self.convolutions, self.norms))
        convolution, norm = next(layers)
        x = shorten(F.relu(norm(convolution(x))), options["pools"][0], "average")
        for count, size in zip(options["convolutions"], options["pools"][1:]):
            for index in range(count):
                convolution, norm = next(layers)
                x = norm(convolution(x))
                x = F.relu(shorten(x, size if index == count - 1 else 1, "maximum"))
        x = x.transpose(1, 2)  # [batch, frames, channels]
        for size in options["pools"]:
            stride *= size
        mask = frame_mask(samples, stride, x.shape[1])
        return self.logits(F.relu(self.head(pool(x, mask, self.score(x)[:, :, 0], False))))


class Block(nn.Module):
    def __init__(self, width: int, heads: int, hidden_units: int, pre: bool):
        super().__init__()
        self.heads, self.pre = heads, pre
        self.attention_norm, self.hidden_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.hidden, self.output = nn.Linear(width, hidden_units), nn.Linear(hidden_units, width)

    def attend(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        batch, frames, width = x.shape
        q, k, v = self.attention(x).view(batch, frames, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        return self.projection(y.transpose(1, 2).reshape(batch, frames, width))

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        if self.pre:
            x = x + self.attend(self.attention_norm(x), bias)
            return x + self.output(F.gelu(self.hidden(self.hidden_norm(x))))
        x = self.attention_norm(x + self.attend(x, bias))
        return self.hidden_norm(x + self.output(F.gelu(self.hidden(x))))


class Wav2Vec2(nn.Module):
    def __init__(self, options: dict, classes: int):
        super().__init__()
        self.options = options
        layer_form, width = options["norm"] == "layer", options["width"]
        self.convolutions, self.norms = nn.ModuleList(), nn.ModuleList()
        inputs = 1
        for filters, size, stride in zip(options["channels"], options["sizes"], options["strides"]):
            self.convolutions.append(nn.Conv1d(inputs, filters, size, stride, bias=layer_form))
            inputs = filters
        if layer_form:
            self.norms.extend(nn.LayerNorm(filters) for filters in options["channels"])
        else:
            self.norms.append(nn.GroupNorm(options["channels"][0], options["channels"][0]))
        self.feature_norm, self.projection = nn.LayerNorm(inputs), nn.Linear(inputs, width)
        positions = nn.Conv1d(
            width, width, options["positionFrames"], padding=options["positionFrames"] // 2, groups=options["positionGroups"]
        )
        self.positions = nn.utils.parametrizations.weight_norm(positions, dim=2)
        self.norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(
            Block(width, options["heads"], options["hiddenUnits"], layer_form) for _ in range(options["layers"])
        )
        self.score, self.logits = nn.Linear(width, 1, bias=False), nn.Linear(3 * width, classes)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        layer_form, stride = self.options["norm"] == "layer", 1
        x = samples.transpose(1, 2)
        for index, convolution in enumerate(self.convolutions):
            x = convolution(x)
            if layer_form:
                x = self.norms[index](x.transpose(1, 2)).transpose(1, 2)
            elif index == 0:
                x = self.norms[0](x)
            x, stride = F.gelu(x), stride * convolution.stride[0]
        x = self.projection(self.feature_norm(x.transpose(1, 2)))  # [batch, frames, width]
        mask = frame_mask(samples, stride, x.shape[1])
        x = x * mask[:, :, None]
        x = x + F.gelu(self.positions(x.transpose(1, 2))[:, :, : x.shape[1]]).transpose(1, 2)
        x = x if layer_form else self.norm(x)
        bias = ((mask - 1) * 1e9)[:, None, None, :]
        for block in self.blocks:
            x = block(x, bias)
        x = (self.norm(x) if layer_form else x).float()
        return self.logits(pool(x, mask, self.score(x)[:, :, 0], True))


def build(task: dict) -> nn.Module:
    classes = task["shape"]["classes"]
    if task["model"] == "wav2vec2":
        return Wav2Vec2(WAV2VEC2 | task["options"], classes)
    return SimpleCnnAudio(CNN | task["options"], classes)


@torch.no_grad()
def load(module: nn.Module, arrays: list) -> None:
    """Fills the module from getWeights(): learnt weights in the order of tfjs' layers, then batch statistics."""
    waiting = iter(torch.from_numpy(array) for array in arrays)
    if isinstance(module, SimpleCnnAudio):
        for convolution, norm in zip(module.convolutions, module.norms):
            kernel = next(waiting)[0]  # [steps, inputs, filters]; the first layer's inputs are the samples of a step
            filters = convolution.out_channels
            kernel = kernel.reshape(-1, 1, filters) if convolution.in_channels == 1 else kernel
            convolution.weight.copy_(kernel.permute(2, 1, 0))
            norm.weight.copy_(next(waiting))
            norm.bias.copy_(next(waiting))
        fill_linear([module.score, module.head, module.logits], waiting)
        for norm in module.norms:
            norm.running_mean.copy_(next(waiting))
            norm.running_var.copy_(next(waiting))
    else:
        layer_form = module.options["norm"] == "layer"
        for index, convolution in enumerate(module.convolutions):
            kernel = next(waiting)
            kernel = kernel[:, None] if kernel.ndim == 2 else kernel
            convolution.weight.copy_(kernel.permute(2, 1, 0))
            if layer_form:
                convolution.bias.copy_(next(waiting))
            if layer_form or index == 0:
                fill_norms([module.norms[index]], waiting)
        fill_norms([module.feature_norm], waiting)
        fill_linear([module.projection], waiting)
        weight = module.positions.parametrizations.weight
        weight.original0.copy_(next(waiting).permute(1, 2, 0))
        weight.original1.copy_(next(waiting).permute(2, 1, 0))
        module.positions.bias.copy_(next(waiting))
        if not layer_form:
            fill_norms([module.norm], waiting)
        for block in module.blocks:
            fill_norms([block.attention_norm], waiting)
            fill_linear([block.attention, block.projection], waiting)
            fill_norms([block.hidden_norm], waiting)
            fill_linear([block.hidden, block.output], waiting)
        if layer_form:
            fill_norms([module.norm], waiting)
        fill_linear([module.score, module.logits], waiting)
    assert next(waiting, None) is None, "weights are left over"


def fill_linear(layers: list, waiting) -> None:
    for layer in layers:
        layer.weight.copy_(next(waiting).T)
        if layer.bias is not None:
            layer.bias.copy_(next(waiting))


def fill_norms(layers: list, waiting) -> None:
    for layer in layers:
        layer.weight.copy_(next(waiting))
        layer.bias.copy_(next(waiting))
