"""What memory-of-run.mjs does, in PyTorch: as many clips in memory, steps of the same network, validation.

    python scripts/benchmark/memory_of_run.py '{"clips": 11682, "held": 4673, "frames": 128, "bands": 64, ...}'
"""

import json
import resource
import sys

import numpy as np
import torch

from networks import resnet

STEPS = 60  # the peak is reached long before

run = json.loads(sys.argv[1])
random = np.random.default_rng(0)
clips = [
    random.standard_normal((int(run["frames"] * share), run["bands"]), np.float32)
    for share in random.uniform(0.5, 1.2, run["clips"])
]
network = resnet.build({"options": run["options"], "shape": {"classes": 8}}).to(memory_format=torch.channels_last)
optimiser = torch.optim.AdamW(network.parameters(), fused=True)


def batch_of(chosen: np.ndarray) -> torch.Tensor:
    values = np.zeros((len(chosen), run["frames"], run["bands"], 1), np.float32)
    for row, index in zip(values, chosen):
        frames = clips[index][: run["frames"]]
        row[: len(frames), :, 0] = frames
    return torch.from_numpy(values)


for _ in range(STEPS):
    chosen = random.integers(0, len(clips), run["batchSize"])
    optimiser.zero_grad()
    loss = torch.nn.functional.cross_entropy(network(batch_of(chosen)), torch.from_numpy(chosen % 8))
    loss.backward()
    optimiser.step()
network.eval()
with torch.no_grad():
    for start in range(0, run["held"], 64):
        network(batch_of(np.arange(start, min(start + 64, run["held"]))))
print(json.dumps({"peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
