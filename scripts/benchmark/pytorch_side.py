"""PyTorch, eager, with as many threads as cores: networks/<twin>.py, AdamW (fused: its fastest), autocast for bf16."""

import contextlib
import importlib
import os
import sys

import torch

from answer_requests import answer_requests
from exchange import read_exchange
from pytorch_prediction import measure_clips, prepare_clip
from step_rate import step_rate

torch.set_num_threads(int(os.environ["BENCHMARK_THREADS"]))
# On a card float32 is float32 on every side, not TF32 (src/core/tensorflow.ts).
torch.backends.cudnn.allow_tf32 = False
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
# By memory layout: a training step and its batch.
prepared: dict[str, tuple] = {}


def versions(_request: dict) -> dict:
    device = torch.cuda.get_device_name() if DEVICE.type == "cuda" else "CPU"
    return {"device": device, "versions": {"pytorch": torch.__version__, "pytorch's python": sys.version.split()[0]}}


def prepare(request: dict) -> dict:
    task = request["task"]
    twin = importlib.import_module(f"networks.{task['twin']}")
    module = twin.build(task)
    exchange = read_exchange(request["path"])
    twin.load(module, exchange.weights)
    x, y = torch.from_numpy(exchange.inputs).to(DEVICE), torch.from_numpy(exchange.labels).to(DEVICE)
    module = module.to(DEVICE)
    if request["layout"] == "channels_last":
        module = module.to(memory_format=torch.channels_last)
    settings = request["optimiser"]
    decayed = [p for p in module.parameters() if p.dim() > 1]
    others = [p for p in module.parameters() if p.dim() <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": settings["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
        lr=settings["learningRate"],
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"],
        fused=True,
    )
    half = request["precision"] == "bf16"

    def step() -> float:
        optimiser.zero_grad()
        with torch.autocast(DEVICE.type, torch.bfloat16) if half else contextlib.nullcontext():
            logits = module(x)
            loss = torch.nn.functional.cross_entropy(logits, y)
        loss.backward()
        optimiser.step()
        return loss.item()

    module.eval()
    with torch.no_grad():
        logits = module(x).flatten().tolist()
    module.train()
    prepared[request["layout"]] = (step, task["batch"])
    return {
        "parameters": parameters_of(module),
        "logits": logits,
        "losses": [step() for _ in range(request["warmUpSteps"])],
    }


def parameters_of(module: torch.nn.Module) -> int:
    """Learnt numbers and batch statistics; PyTorch's counters of batches are not part of the network."""
    buffers = [b for name, b in module.named_buffers() if name.endswith(("running_mean", "running_var"))]
    return sum(t.numel() for t in [*module.parameters(), *buffers])


def measure(request: dict) -> dict:
    step, batch = prepared[request["layout"]]
    return step_rate(step, request, batch)


def release(_request: dict) -> None:
    prepared.clear()


if __name__ == "__main__":
    answer_requests(
        {
            "versions": versions,
            "prepare": prepare,
            "measure": measure,
            "release": release,
            "prepareClip": prepare_clip,
            "measureClips": measure_clips,
        }
    )
