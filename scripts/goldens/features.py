"""Reference features for test/features: librosa's log-mel, MFCC and deltas, transformers' Whisper log-mel.

    .venv/bin/python scripts/goldens/features.py

Writes test/goldens/features/*.json, each named after its source. Sounds are 16-bit integers, values are 32-bit
floats, both little-endian and base64, so that the files stay small and exact.
"""

import base64
import json
import pathlib

import librosa
import numpy as np
import transformers

RATE = 16_000
OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "goldens" / "features"


def chirp() -> np.ndarray:
    """One second from 60 Hz to 7.5 kHz."""
    return 0.7 * librosa.chirp(fmin=60, fmax=7500, sr=RATE, duration=1.0)


def vowel() -> np.ndarray:
    """Speech-like: a gliding pulse train with four formants, a breath of noise, a level that rises and falls."""
    rng = np.random.default_rng(1)
    time = np.arange(int(0.9 * RATE)) / RATE
    pitch = 120 + 60 * np.sin(2 * np.pi * 1.3 * time)
    phase = np.cumsum(pitch) / RATE
    sound = (np.diff(np.floor(phase), prepend=0) > 0) + 0.003 * rng.standard_normal(time.size)
    for hz, width in ((650, 80), (1080, 90), (2650, 120), (3500, 200)):
        radius = np.exp(-np.pi * width / RATE)
        a1, a2 = 2 * radius * np.cos(2 * np.pi * hz / RATE), -(radius**2)
        out = np.zeros(time.size + 2)
        for n in range(time.size):
            out[n + 2] = sound[n] + a1 * out[n + 1] + a2 * out[n]
        sound = out[2:]
    sound = sound * np.sin(np.pi * time / time[-1]) ** 2
    return 0.8 * sound / np.abs(sound).max()


def silence_edges() -> np.ndarray:
    """Digital silence, a tone and a burst of noise, digital silence."""
    rng = np.random.default_rng(2)
    quiet = np.zeros(2400)
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(3000) / RATE)
    return np.concatenate([quiet, tone, 0.02 * rng.standard_normal(2001), quiet])


def short() -> np.ndarray:
    """Shorter than a window."""
    return 0.4 * np.sin(2 * np.pi * 700 * np.arange(333) / RATE)


SOUNDS = {"chirp": chirp, "vowel": vowel, "silence-edges": silence_edges, "short": short}

MEL_SPECS = {
    "usual": dict(bands=64, windowLength=1024, hopLength=256, lowestHz=0, highestHz=8000, topDecibels=80),
    "no-floor": dict(bands=40, windowLength=512, hopLength=160, lowestHz=50, highestHz=7600, topDecibels=None),
    "window-400": dict(bands=26, windowLength=400, hopLength=200, lowestHz=0, highestHz=8000, topDecibels=60),
}
MFCC_SPEC = dict(coefficients=20, bands=64, windowLength=1024, hopLength=256, lowestHz=0, highestHz=8000)


def quantised(sound: np.ndarray) -> np.ndarray:
    return np.round(sound * 32767).astype("<i2")


def packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def floats(values: np.ndarray) -> str:
    return packed(values.astype("<f4"))


def mel_arguments(spec: dict) -> dict:
    return dict(
        sr=RATE,
        n_fft=spec["windowLength"],
        hop_length=spec["hopLength"],
        n_mels=spec["bands"],
        fmin=spec["lowestHz"],
        fmax=spec["highestHz"],
        center=True,
        pad_mode="constant",
        htk=False,
        norm="slaney",
    )


def log_mel(y: np.ndarray, spec: dict) -> np.ndarray:
    power = librosa.feature.melspectrogram(y=y, **mel_arguments(spec))
    return librosa.power_to_db(power, ref=1.0, top_db=spec["topDecibels"])


def whisper(y: np.ndarray) -> np.ndarray:
    extractor = transformers.WhisperFeatureExtractor()
    return extractor._np_extract_fbank_features(y[np.newaxis].astype(np.float64), "cpu")[0]


def save(name: str, content: dict) -> None:
    path = OUT / f"{name}.json"
    path.write_text(json.dumps(content, indent=1) + "\n")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    sounds = {name: quantised(make()) for name, make in SOUNDS.items()}
    # Double precision: what librosa computes, without the rounding of its single-precision spectra.
    waves = {name: sound.astype(np.float64) / 32768 for name, sound in sounds.items()}
    save("sounds", {name: packed(sound) for name, sound in sounds.items()})
    source = f"librosa {librosa.__version__}"
    save(
        "librosa-log-mel",
        {
            "source": source,
            "cases": [
                dict(sound=name, layout=label, spec=spec, frames=len(log_mel(y, spec).T), values=floats(log_mel(y, spec).T))
                for name, y in waves.items()
                for label, spec in MEL_SPECS.items()
            ],
        },
    )
    cases = []
    for name, y in waves.items():
        mfcc = librosa.feature.mfcc(
            S=log_mel(y, {**MFCC_SPEC, "topDecibels": 80}), n_mfcc=MFCC_SPEC["coefficients"], dct_type=2, norm="ortho"
        )
        case = dict(sound=name, spec=MFCC_SPEC, frames=mfcc.shape[1], values=floats(mfcc.T))
        if mfcc.shape[1] >= 9:
            case["slopes"] = floats(librosa.feature.delta(mfcc, width=9, order=1, mode="interp").T)
            case["bends"] = floats(librosa.feature.delta(mfcc, width=9, order=2, mode="interp").T)
        cases.append(case)
    save("librosa-mfcc", {"source": source, "cases": cases})
    save(
        "transformers-whisper-mel",
        {
            "source": f"transformers {transformers.__version__}",
            "cases": [
                dict(sound=name, frames=whisper(y).shape[1], values=floats(whisper(y).T)) for name, y in waves.items()
            ],
        },
    )
    frames = dict(n_fft=1024, hop_length=256, center=False)
    save(
        "librosa-descriptors",
        {
            "source": source,
            "cases": [
                dict(
                    sound=name,
                    centroidHz=floats(librosa.feature.spectral_centroid(y=waves[name], sr=RATE, **frames)[0]),
                    rolloffHz=floats(
                        librosa.feature.spectral_rolloff(y=waves[name], sr=RATE, roll_percent=0.99, **frames)[0]
                    ),
                    flatness=floats(librosa.feature.spectral_flatness(y=waves[name], power=1.0, **frames)[0]),
                    zeroCrossingRate=floats(
                        librosa.feature.zero_crossing_rate(
                            waves[name], frame_length=1024, hop_length=256, center=False, threshold=0, zero_pos=True
                        )[0]
                    ),
                )
                for name in ("chirp", "vowel")
            ],
        },
    )


if __name__ == "__main__":
    main()
