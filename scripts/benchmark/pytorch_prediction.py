"""One clip in, probabilities out, in PyTorch: the features of src/features and the published ResNet.

Run alone it answers for one WAV file, as a command would:

    python scripts/benchmark/pytorch_prediction.py EXCHANGE CARD WAV
"""

import json
import statistics
import sys
import time
import wave

import numpy as np
import torch

from exchange import read_exchange
from networks import resnet


def mel_filters(bands: int, window: int, lowest: float, highest: float) -> torch.Tensor:
    """Slaney's filters, [bands, bins], as librosa and torchaudio have them."""
    to_mel = lambda hz: np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1) / 1000) * 27 / np.log(6.4))  # noqa: E731
    to_hz = lambda mel: np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))  # noqa: E731
    edges = to_hz(np.linspace(to_mel(np.float64(lowest)), to_mel(np.float64(highest)), bands + 2))
    hz = np.arange(window // 2 + 1) * 16_000 / window
    rising = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    filters = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return torch.from_numpy(filters.astype(np.float32))


class Predictor:
    def __init__(self, card: dict, weights: list):
        options = {"options": card["options"], "shape": {"classes": len(card["labels"])}}
        self.network = resnet.build(options).eval()
        resnet.load(self.network, weights)
        self.features, self.frames = card["features"], card["frames"]
        self.mean = torch.tensor(card["standardisation"]["mean"])
        self.deviation = torch.tensor(card["standardisation"]["deviation"])
        f = self.features
        self.filters = mel_filters(f["bands"], f["windowLength"], f["lowestHz"], f["highestHz"])
        self.window = torch.hann_window(f["windowLength"])

    @torch.inference_mode()
    def __call__(self, samples: torch.Tensor) -> torch.Tensor:
        samples = trimmed(samples, self.features["trimDecibels"])
        samples = samples / samples.abs().max()
        spectrum = torch.stft(
            samples,
            self.features["windowLength"],
            self.features["hopLength"],
            window=self.window,
            pad_mode="constant",
            return_complex=True,
        )
        power = self.filters @ (spectrum.real.square() + spectrum.imag.square())  # [bands, frames]
        decibels = 10 * power.clamp(min=1e-10).log10()
        decibels = decibels.clamp(min=decibels.max() - self.features["topDecibels"])
        values = (decibels.T - self.mean) / self.deviation  # [frames, bands]
        room = abs(self.frames - len(values)) // 2
        if len(values) > self.frames:
            values = values[room : room + self.frames]
        else:
            rest = self.frames - len(values) - room
            values = torch.nn.functional.pad(values, (0, 0, room, rest))
        return self.network(values[None, :, :, None]).softmax(1)[0]


def trimmed(samples: torch.Tensor, decibels: float) -> torch.Tensor:
    """librosa.effects.trim: frames of 2,048 every 512 within so many decibels of the loudest."""
    padded = torch.nn.functional.pad(samples, (1024, 1024))
    power = padded.unfold(0, 2048, 512).square().mean(1).clamp(min=1e-10)
    sound = torch.nonzero(power > power.max() * 10 ** (-decibels / 10))
    return samples[int(sound[0]) * 512 : (int(sound[-1]) + 1) * 512]


state: dict = {}


def prepare_clip(request: dict) -> dict:
    exchange = read_exchange(request["path"])
    predictor, samples = Predictor(request["card"], exchange.weights), torch.from_numpy(exchange.inputs)
    state.update(predict=lambda: predictor(samples).tolist())
    for _ in range(20):
        state["predict"]()
    return {"probabilities": state["predict"]()}


def measure_clips(request: dict) -> dict:
    times = []
    end = time.perf_counter() + request["seconds"]
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        state["predict"]()
        times.append(1000 * (time.perf_counter() - start))
    return {"milliseconds": statistics.median(times)}


if __name__ == "__main__":
    exchange_path, card_path, wav_path = sys.argv[1:]
    with open(card_path) as file:
        card = json.load(file)
    with wave.open(wav_path) as file:
        integers = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    predictor = Predictor(card, read_exchange(exchange_path).weights)
    answer = predictor(torch.from_numpy(integers.astype(np.float32) / 32768))
    print(card["labels"][int(answer.argmax())], answer.tolist())
