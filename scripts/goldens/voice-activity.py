"""Reference outputs of Silero VAD: the published TorchScript model, on sounds that any language can make.

    python scripts/goldens/voice-activity.py silero_vad.jit SAMPLE_CLIP.wav        (needs torch and numpy)

silero_vad.jit is in the wheel silero-vad 6.2.3 (https://pypi.org/project/silero-vad/). The clip is the first of the
synthetic sample's speaker 1001 (CREMA-D's layout, 16 kHz), which the test speaks anew.
Writes test/goldens/inference/silero-vad.json: the probability of speech in each 32 ms.
"""

import json
import pathlib
import sys
import wave

import numpy as np
import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "goldens" / "inference"


def probabilities(model, samples: np.ndarray) -> list[float]:
    model.reset_states()
    padded = np.pad(samples, (0, -len(samples) % 512))
    chunks = torch.tensor(padded, dtype=torch.float32).reshape(-1, 512)
    with torch.no_grad():
        return [round(float(model(chunk, 16_000)), 7) for chunk in chunks]


def main() -> None:
    model = torch.jit.load(sys.argv[1])
    with wave.open(sys.argv[2]) as clip:
        assert clip.getframerate() == 16_000 and clip.getnchannels() == 1
        speech = np.frombuffer(clip.readframes(clip.getnframes()), "<i2") / 32768
    t = np.arange(32_000)
    tones = 0.3 * np.sin(0.05 * t) + 0.2 * np.sin(0.1003 * t) * np.sin(0.0007 * t)
    # What sin says far from zero looks like noise, and is the same everywhere to the last digits.
    noise = 0.1 * np.sin(t * t * 0.37 + 5 * np.sin(12.9898 * t))
    goldens = {
        "speech": probabilities(model, speech),
        "tones": probabilities(model, tones),
        "noise": probabilities(model, noise),
        "silence": probabilities(model, np.zeros(16_000)),
        "speechThenNoise": probabilities(model, np.concatenate([speech, noise[:5_000], 0.1 * speech])),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "silero-vad.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
    for name, values in goldens.items():
        print(name, len(values), "max", max(values))


main()
