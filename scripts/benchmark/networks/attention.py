"""src/models/transformer.ts and src/models/whisper.ts (its tuned blocks) in PyTorch: [batch, frames, bands] to logits."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from networks.recurrent import MaskedAttentivePooling

WHISPER_HEADS = {"base": 8, "tiny.en": 6}


def positions(frames: int, channels: int, device: torch.device) -> torch.Tensor:
    """Sines in the first half of the channels, cosines in the second, as Whisper has them."""
    half = channels // 2
    rates = torch.exp(-math.log(10_000) / (half - 1) * torch.arange(half, device=device))
    angles = torch.arange(frames, device=device)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)


class Blocks(nn.ModuleList):
    """Pre-norm encoder blocks; gives every block's output."""

    def __init__(self, count: int, channels: int, heads: int, hidden_units: int):
        super().__init__(
            nn.TransformerEncoderLayer(
                channels, heads, hidden_units, dropout=0.0, activation="gelu", norm_first=True, batch_first=True
            )
            for _ in range(count)
        )

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
        outputs = []
        for block in self:
            x = block(x, src_key_padding_mask=mask == 0)
            outputs.append(x)
        return outputs


class Transformer(nn.Module):
    def __init__(self, bands: int, classes: int, channels: int, heads: int, blocks: int, hidden_units: int):
        super().__init__()
        self.stem = nn.Conv1d(bands, channels, 5, stride=2)
        self.blocks = Blocks(blocks, channels, heads, hidden_units)
        self.norm = nn.LayerNorm(channels)
        self.pooling = MaskedAttentivePooling(channels)
        self.logits = nn.Linear(3 * channels, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        valid = (x != 0).any(2)
        mask = F.max_pool1d(F.pad(valid.float(), (0, valid.shape[1] % 2))[:, None], 2)[:, 0]
        total = 3 + x.shape[1] % 2  # TensorFlow's "same": what is left over goes to the end
        x = F.gelu(self.stem(F.pad(x.transpose(1, 2), (total // 2, total - total // 2))).transpose(1, 2))
        x = self.blocks(x + positions(x.shape[1], x.shape[2], x.device), mask)[-1]
        return self.logits(self.pooling(self.norm(x).float(), mask))


class Whisper(nn.Module):
    def __init__(self, bands: int, classes: int, heads: int, blocks: int, head_units: int):
        super().__init__()
        self.blocks = Blocks(blocks, bands, heads, 4 * bands)
        self.shares = nn.Parameter(torch.zeros(blocks + 1))
        self.norm = nn.LayerNorm(bands)
        self.pooling = MaskedAttentivePooling(bands)
        self.head, self.logits = nn.Linear(3 * bands, head_units), nn.Linear(head_units, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = (x != 0).any(2).to(x.dtype)
        outputs = torch.stack([x, *self.blocks(x, mask)])
        x = (self.shares.softmax(0)[:, None, None, None] * outputs).sum(0)
        return self.logits(F.relu(self.head(self.pooling(self.norm(x).float(), mask))))


def build(task: dict) -> nn.Module:
    shape, options = task["shape"], task["options"]
    if task["model"] == "transformer":
        options = {"channels": 128, "heads": 4, "blocks": 2, "hiddenUnits": 256} | options
        sizes = [options[name] for name in ("channels", "heads", "blocks", "hiddenUnits")]
        return Transformer(shape["bands"], shape["classes"], *sizes)
    options = {"size": "base", "tunedBlocks": 3, "headUnits": 256} | options
    heads = WHISPER_HEADS[options["size"]]
    return Whisper(shape["bands"], shape["classes"], heads, options["tunedBlocks"], options["headUnits"])


@torch.no_grad()
def load(module: Transformer | Whisper, arrays: list) -> None:
    """Fills the module from getWeights(): kernels lie there as [in, out], queries, keys and values side by side."""
    waiting = iter(torch.from_numpy(array) for array in arrays)

    def fill(*parameters: torch.Tensor) -> None:
        for parameter in parameters:
            array = next(waiting)
            parameter.copy_(array.permute(*reversed(range(array.ndim))) if array.ndim > 1 else array)

    if isinstance(module, Transformer):
        fill(module.stem.weight, module.stem.bias)
    for block in module.blocks:
        attention = block.self_attn
        fill(block.norm1.weight, block.norm1.bias, attention.in_proj_weight, attention.in_proj_bias)
        fill(attention.out_proj.weight, attention.out_proj.bias, block.norm2.weight, block.norm2.bias)
        fill(block.linear1.weight, block.linear1.bias, block.linear2.weight, block.linear2.bias)
    if isinstance(module, Whisper):
        fill(module.shares)
    fill(module.norm.weight, module.norm.bias, module.pooling.score.weight)
    for linear in (module.head, module.logits) if isinstance(module, Whisper) else (module.logits,):
        fill(linear.weight, linear.bias)
    assert next(waiting, None) is None, "weights are left over"
