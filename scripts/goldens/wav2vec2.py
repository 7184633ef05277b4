"""Reference hidden states of wav2vec 2.0: transformers' Wav2Vec2Model with random weights in two small configurations.

    python scripts/goldens/wav2vec2.py        (needs torch, transformers and safetensors)

Writes test/goldens/models/wav2vec2-<norm>.safetensors (weights under the names that Hugging Face publishes) and .json
(samples, hidden states after the positions and after every block, and the last ones). `group` is built as wav2vec2-base
is, its weight norm named as PyTorch's parametrisations name it; `layer` as the large models and XLS-R are, its weight
norm under the older names, and every name with the prefix of a whole checkpoint.
"""

import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file
from transformers import Wav2Vec2Config, Wav2Vec2Model

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "goldens" / "models"
SHAPE = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "conv_dim": (8,) * 7,
    "num_conv_pos_embeddings": 6,
    "num_conv_pos_embedding_groups": 4,
}
FORMS = {
    "group": {"feat_extract_norm": "group", "conv_bias": False, "do_stable_layer_norm": False},
    "layer": {"feat_extract_norm": "layer", "conv_bias": True, "do_stable_layer_norm": True},
}


def published(norm: str, name: str) -> str:
    if norm == "group":
        return name
    older = name.replace("parametrizations.weight.original0", "weight_g")
    return "wav2vec2." + older.replace("parametrizations.weight.original1", "weight_v")


def numbers(tensor: torch.Tensor) -> dict:
    flat = [float(f"{value:.7g}") for value in tensor.flatten().tolist()]
    return {"shape": list(tensor.shape), "values": flat}


@torch.no_grad()
def write(norm: str) -> None:
    torch.manual_seed(0)
    model = Wav2Vec2Model(Wav2Vec2Config(**SHAPE, **FORMS[norm])).eval()
    for parameter in model.parameters():  # scales that are not 1, biases that are not 0, attention that is not flat
        parameter.add_(0.2 * torch.randn_like(parameter))
    samples = torch.randn(2, 2000) * torch.linspace(0.2, 2, 2000)
    double = model.double()
    output = double(samples.double(), output_hidden_states=True)
    weights = {published(norm, name): tensor.float().contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, OUT / f"wav2vec2-{norm}.safetensors")
    golden = {
        "source": f"transformers {transformers.__version__}",
        "samples": numbers(samples),
        "hiddenStates": [numbers(state) for state in output.hidden_states],
        "last": numbers(output.last_hidden_state),
    }
    (OUT / f"wav2vec2-{norm}.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for norm in FORMS:
        write(norm)
