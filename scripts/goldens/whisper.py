"""Reference outputs of Whisper's encoder: transformers', on a small random configuration and on the real weights.

    python scripts/goldens/whisper.py [../shared/weights]        (needs torch, transformers and safetensors)

Writes test/goldens/models/transformers-whisper.json. The small configuration's weights and hidden states are whole
(base64 of little-endian float32); of the real encoders a few numbers after each block are kept.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "test" / "goldens" / "models"


def pack(tensor: torch.Tensor) -> dict:
    array = tensor.detach().to(torch.float32).contiguous().numpy().astype("<f4")
    return {"shape": list(array.shape), "values": base64.b64encode(array.tobytes()).decode()}


def sound(frames: int, bands: int) -> torch.Tensor:
    """A log-mel that any language can make: 0.8 sin(0.37 t + 0.11 b) + 0.2 cos(0.05 t b)."""
    t, b = np.meshgrid(np.arange(frames), np.arange(bands), indexing="ij")
    return torch.tensor(0.8 * np.sin(0.37 * t + 0.11 * b) + 0.2 * np.cos(0.05 * t * b), dtype=torch.float32)


def hidden_states(encoder: WhisperEncoder, mel: torch.Tensor) -> list[torch.Tensor]:
    """The stem's output, then each block's, then the last one's normalised; the clip is not padded to 30 s."""
    frames = (mel.shape[0] + 1) // 2
    states = []
    with torch.no_grad():
        x = torch.nn.functional.gelu(encoder.conv1(mel.T[None]))
        x = torch.nn.functional.gelu(encoder.conv2(x)).permute(0, 2, 1)
        x = x + encoder.embed_positions.weight[:frames]
        states.append(x)
        for layer in encoder.layers:
            out = layer(x, attention_mask=None)
            x = out[0] if isinstance(out, tuple) else out
            states.append(x)
        states.append(encoder.layer_norm(x))
    return [state[0] for state in states]


def check(encoder: WhisperEncoder) -> None:
    """The loop above is the encoder: equal to its own forward pass where that one takes the length."""
    config = encoder.config
    mel = sound(2 * config.max_source_positions, config.num_mel_bins)
    with torch.no_grad():
        whole = encoder(mel.T[None]).last_hidden_state[0]
    assert torch.allclose(whole, hidden_states(encoder, mel)[-1], atol=1e-5)


def config(channels: int, heads: int, blocks: int, bands: int, positions: int) -> WhisperConfig:
    return WhisperConfig(
        d_model=channels, encoder_attention_heads=heads, encoder_layers=blocks, encoder_ffn_dim=4 * channels,
        num_mel_bins=bands, max_source_positions=positions, dropout=0.0, activation_function="gelu",
    )  # fmt: skip


torch.manual_seed(0)
small = WhisperEncoder(config(16, 2, 2, 6, 12)).eval()
for name, parameter in small.named_parameters():
    if not name.startswith("embed_positions"):
        parameter.data += 0.2 * torch.randn_like(parameter)
check(small)
golden = {
    "source": f"transformers {transformers.__version__}",
    "small": {
        "weights": {f"model.encoder.{name}": pack(tensor) for name, tensor in small.state_dict().items()},
        "cases": [
            {"frames": frames, "states": [pack(state) for state in hidden_states(small, sound(frames, 6))]}
            for frames in (24, 17)
        ],
    },
    "real": {},
}

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "weights"
for size, shape in (("base", (512, 8, 6)), ("tiny.en", (384, 6, 4))):
    encoder = WhisperEncoder(config(*shape, 80, 1500)).eval()
    arrays = load_file(folder / f"whisper-{size}-encoder.safetensors")
    encoder.load_state_dict({k.removeprefix("model.encoder."): v.float() for k, v in arrays.items()})
    check(encoder)
    states = hidden_states(encoder, sound(121, 80))
    golden["real"][size] = {
        "frames": 121,
        "states": [[round(v, 6) for v in state.flatten()[:: state.numel() // 40].tolist()] for state in states],
        "every": states[0].numel() // 40,
    }

OUT.mkdir(parents=True, exist_ok=True)
(OUT / "transformers-whisper.json").write_text(json.dumps(golden) + "\n")
