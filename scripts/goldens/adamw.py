"""Reference values for src/kernels/adamw.ts: torch.optim.AdamW with clip_grad_norm_ and an average, in float64.

    python scripts/goldens/adamw.py        (needs torch; the benchmark's environment has it)

Writes test/goldens/kernels/pytorch-adamw.json. Numbers are rounded to eight digits, so that the file stays small.
"""

import json
import pathlib

import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "goldens" / "kernels"
SHAPES = [(5, 7), (13,), (3, 1, 11), (1,)]
RULES = [{"rate": 1.0, "decay": 0.1}, {"rate": 0.3, "decay": 0.0}, {"rate": 2.0, "decay": 0.05}, {"rate": 1.0, "decay": 0.0}]
LEARNING_RATES = [0.02, 0.01, 0.03, 0.005, 0.02, 0.01]
CLIP_NORM, AVERAGE_DECAY = 4.0, 0.7

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(*shape).float().double()


def numbers(tensor: torch.Tensor) -> list[float]:
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


def main() -> None:
    parameters = [torch.nn.Parameter(normal(*shape)) for shape in SHAPES]
    start = [numbers(p) for p in parameters]
    average = [p.detach().clone() for p in parameters]
    groups = [{"params": [p], "weight_decay": rule["decay"]} for p, rule in zip(parameters, RULES, strict=True)]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8)
    gradients = []
    for i, learning_rate in enumerate(LEARNING_RATES):
        for group, rule in zip(optimiser.param_groups, RULES, strict=True):
            group["lr"] = learning_rate * rule["rate"]
        for p in parameters:
            p.grad = normal(*p.shape) * (1 if i % 2 == 0 else 0.1)  # clipped, and not
        gradients.append([numbers(p.grad) for p in parameters])
        torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
        optimiser.step()
        for kept, p in zip(average, parameters, strict=True):
            kept.lerp_(p.detach(), 1 - AVERAGE_DECAY)
    golden = {
        "source": f"PyTorch {torch.__version__}",
        "shapes": SHAPES,
        "rules": RULES,
        "learningRates": LEARNING_RATES,
        "clipNorm": CLIP_NORM,
        "averageDecay": AVERAGE_DECAY,
        "start": start,
        "gradients": gradients,
        "weights": [numbers(p) for p in parameters],
        "average": [numbers(p) for p in average],
        "firstMoment": [numbers(optimiser.state[p]["exp_avg"]) for p in parameters],
        "secondMoment": [numbers(optimiser.state[p]["exp_avg_sq"]) for p in parameters],
    }
    (OUT / "pytorch-adamw.json").write_text(json.dumps(golden) + "\n")


main()
