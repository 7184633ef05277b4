"""Milliseconds from 3 s of decoded samples to probabilities in PyTorch: the file of measure-latency.mjs, done again.

    python scripts/benchmark/latency_torch.py FILE [times, default 200] [threads, default the cores]

Features by torch.stft and a product with librosa's mel filters, trimmed and normalised as ours are; the same network
with the same weights. Throws where its probabilities are not ours within 1e-3. Prints one line of JSON.
"""

import json
import os
import statistics
import sys
import time

import torch
from networks import resnet
from safetensors import safe_open

RATE = 16_000


def trim(samples: torch.Tensor, decibels: float) -> torch.Tensor:
    """librosa.effects.trim: frames of 2,048 samples every 512, root mean square, ref = max."""
    frames = torch.nn.functional.pad(samples, (1024, 1024)).unfold(0, 2048, 512)
    power = 10 * frames.square().mean(1).clamp_min(1e-10).log10()
    sound = (power > power.max() - decibels).nonzero()
    return samples[512 * int(sound[0]) : 512 * (int(sound[-1]) + 1)]


class Predictor:
    def __init__(self, path: str):
        with safe_open(path, "pt") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}
            metadata = file.metadata()
        self.spec, self.frames = json.loads(metadata["spec"]), int(metadata["frames"])
        classes, bands = len(arrays["probabilities"]), len(arrays["filters"])
        shape = {"frames": self.frames, "bands": bands, "classes": classes}
        self.model = resnet.build({"options": json.loads(metadata["options"]), "shape": shape}).eval()
        resnet.load(self.model, [arrays[name].numpy() for name in sorted(arrays) if name[:4].isdigit()])
        self.samples, self.filters, self.expected = arrays["samples"], arrays["filters"], arrays["probabilities"]
        self.mean, self.deviation = arrays["mean"], arrays["deviation"]
        self.window = torch.hann_window(self.spec["windowLength"])

    def features(self) -> torch.Tensor:
        samples = trim(self.samples, self.spec["trimDecibels"])
        samples = samples / samples.abs().max()
        size, hop = self.spec["windowLength"], self.spec["hopLength"]
        spectrum = torch.stft(samples, size, hop, window=self.window, pad_mode="constant", return_complex=True)
        mel = 10 * (self.filters @ spectrum.abs().square()).clamp_min(1e-10).log10()
        mel = torch.maximum(mel, mel.max() - self.spec["topDecibels"]).T
        return (mel - self.mean) / self.deviation

    @torch.inference_mode()
    def answer(self) -> torch.Tensor:
        features = self.features()
        room = abs(self.frames - len(features)) // 2
        if len(features) > self.frames:
            features = features[room : room + self.frames]
        else:
            rest = self.frames - len(features) - room
            features = torch.nn.functional.pad(features, (0, 0, room, rest))
        return self.model(features[None, :, :, None]).softmax(1)[0]


def main() -> None:
    torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else os.cpu_count() or 1)
    predictor = Predictor(sys.argv[1])
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    distance = float((predictor.answer() - predictor.expected).abs().max())
    if distance > 1e-3:
        raise SystemExit(f"The probabilities are {distance:.2g} away from ours: this is another network.")
    for _ in range(30):
        predictor.answer()
    milliseconds = []
    for _ in range(times):
        start = time.perf_counter()
        predictor.answer()
        milliseconds.append(1000 * (time.perf_counter() - start))
    milliseconds.sort()
    row = {"median": statistics.median(milliseconds), "fastestTenth": milliseconds[len(milliseconds) // 10]}
    print(json.dumps({"side": "pytorch", "version": torch.__version__, "unit": "ms", **row, "distance": distance}))


if __name__ == "__main__":
    main()
