"""Makes test/goldens/audio: sines in every compressed container, and librosa's trim as a reference.

    .venv/bin/python scripts/goldens/audio-fixtures.py      (ffmpeg on the path, for AAC and ADPCM)

The sound is synthetic: 0.6 s of 440 Hz, amplitude 0.5; in the stereo file the right channel is 880 Hz, 0.25.
"""

import json
import pathlib
import subprocess
import tempfile

import librosa
import numpy as np
import soundfile

folder = pathlib.Path(__file__).resolve().parents[2] / "test" / "goldens" / "audio"
seconds = 0.6


def sine(rate: int, hz: float, amplitude: float) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def write(name: str, samples: np.ndarray, rate: int, container: str, subtype: str) -> None:
    soundfile.write(folder / name, samples, rate, format=container, subtype=subtype)


def compressed() -> None:
    write("sine.mp3.bin", sine(44100, 440, 0.5), 44100, "MP3", "MPEG_LAYER_III")
    write("sine.vorbis.bin", sine(48000, 440, 0.5), 48000, "OGG", "VORBIS")
    write("sine.opus.bin", sine(48000, 440, 0.5), 48000, "OGG", "OPUS")
    write("sine.flac.bin", sine(16000, 440, 0.5), 16000, "FLAC", "PCM_16")
    write("sine.aiff.bin", sine(8000, 440, 0.5), 8000, "AIFF", "PCM_16")
    stereo = np.stack([sine(8000, 440, 0.5), sine(8000, 880, 0.25)], axis=1)
    write("stereo.flac.bin", stereo, 8000, "FLAC", "PCM_16")
    with tempfile.TemporaryDirectory() as temporary:
        wav = pathlib.Path(temporary) / "sine.wav"
        soundfile.write(wav, sine(44100, 440, 0.5), 44100)
        command = ["ffmpeg", "-loglevel", "error", "-y", "-i", wav, "-c:a", "aac", "-b:a", "64k", "-bitexact"]
        subprocess.run([*command, "-f", "ipod", folder / "sine.m4a.bin"], check=True)
        subprocess.run([*command, "-f", "adts", folder / "sine.aac.bin"], check=True)
        soundfile.write(wav, sine(8000, 440, 0.5), 8000)
        adpcm = ["ffmpeg", "-loglevel", "error", "-y", "-i", wav, "-c:a", "adpcm_ima_wav", "-bitexact"]
        subprocess.run([*adpcm, "-f", "wav", folder / "sine.adpcm.bin"], check=True)


def trims() -> None:
    """Bursts between near-silences; the test makes the same signal from the same formula."""
    cases = []
    bursts = [(16000, 4000, 9000, 1e-3), (20000, 0, 300, 1e-4), (7777, 7000, 7777, 0), (900, 100, 800, 1e-2)]
    for length, begin, end, floor in bursts:
        time = np.arange(length)
        signal = floor * np.sin(2 * np.pi * time / 37)
        inside = (time >= begin) & (time < end)
        signal[inside] += (0.8 * np.sin(2 * np.pi * time / 50) * np.sin(np.pi * (time - begin) / (end - begin)))[inside]
        for decibels in [10, 20, 35, 60]:
            _, index = librosa.effects.trim(signal.astype(np.float32), top_db=decibels)
            kept = [int(i) for i in index]
            cases.append(dict(length=length, begin=begin, end=end, floor=floor, topDecibels=decibels, kept=kept))
    document = dict(librosa=librosa.__version__, cases=cases)
    (folder / "trim-librosa.json").write_text(json.dumps(document, indent=1) + "\n")


folder.mkdir(parents=True, exist_ok=True)
compressed()
trims()
