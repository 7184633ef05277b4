"""Clips a second of processor time of librosa's features, one thread and warm, with the parameters of measure-features.mjs.

    OMP_NUM_THREADS=1 .venv/bin/python scripts/benchmark/features_librosa.py [seconds for each figure, default 1]

Prints one line of JSON.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import json  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import librosa  # noqa: E402
import numpy as np  # noqa: E402

SECONDS_EACH = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
RATE = 16_000
MEL = dict(sr=RATE, n_fft=1024, hop_length=256, n_mels=64, fmin=0, fmax=8000, pad_mode="constant")


def clip() -> np.ndarray:
    n = np.arange(3 * RATE)
    noise = np.random.default_rng(1).uniform(-1, 1, n.size)
    return (0.5 * np.sin(n * (0.02 + n * 1e-6)) + 0.05 * noise).astype(np.float32)


def log_mel(y: np.ndarray) -> np.ndarray:
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, **MEL), ref=1.0, top_db=80)


def mfcc(y: np.ndarray) -> np.ndarray:
    return librosa.feature.mfcc(y=y, n_mfcc=40, **MEL)


def mfcc_deltas(y: np.ndarray) -> np.ndarray:
    values = mfcc(y)
    return np.concatenate([values, librosa.feature.delta(values), librosa.feature.delta(values, order=2)])


def rate_of(task, y: np.ndarray) -> float:
    """The median over rounds of 10 clips, by processor time, so that whatever else runs tells little."""
    rates = []
    end = time.perf_counter() + SECONDS_EACH
    while time.perf_counter() < end:
        start = time.process_time()
        for _ in range(10):
            task(y)
        rates.append(10 / (time.process_time() - start))
    return round(statistics.median(rates), 1)


def main() -> None:
    y = clip()
    tasks = {"logMel": log_mel, "mfcc": mfcc, "mfccDeltas": mfcc_deltas}
    for task in tasks.values():
        for _ in range(20):
            task(y)
    rates = {name: rate_of(task, y) for name, task in tasks.items()}
    print(json.dumps({"side": "librosa", "version": librosa.__version__, "unit": "clips/s", "threads": 1, "clipsPerSecond": rates}))


if __name__ == "__main__":
    main()
