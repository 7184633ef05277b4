"""Goldens of the evaluation: two runs' predictions, and what scikit-learn, SciPy and NumPy make of them.

    .venv/bin/python scripts/goldens/evaluation.py

writes test/goldens/evaluation/{first,second}.csv and expected.json. The predictions are random numbers: six
emotions occur among the labels of one corpus and all eight of the other; decisions reach beyond the labels.
"""

import csv
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, chi2
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)

EMOTIONS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
OUT = Path(__file__).resolve().parents[2] / "test" / "goldens" / "evaluation"
rng = np.random.default_rng(20261124)


def make_labels():
    clips = []
    for corpus, speakers, classes, count in (("crema-d", 9, [0, 2, 3, 4, 5, 6], 270), ("ravdess", 3, range(8), 90)):
        for i in range(count):
            label = int(rng.choice(list(classes)))
            clips.append((f"{corpus}/{i:04d}.wav", corpus, f"{corpus}/{i % speakers:02d}", label))
    return clips


def make_run(clips, sharpness, skill):
    ease = {speaker: rng.normal(0, 0.8) for speaker in sorted({clip[2] for clip in clips})}
    rows = []
    for clip, corpus, speaker, label in clips:
        logits = rng.normal(0, 1, 8)
        logits[label] += skill + ease[speaker]
        p = np.exp(sharpness * logits)
        p = np.array([float(f"{v:.6f}") for v in p / p.sum()])
        rows.append((clip, corpus, speaker, label, int(p.argmax()), p))
    return rows


def write(path, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["clip", "corpus", "speaker", "emotion", "predicted", *(f"p_{e}" for e in EMOTIONS)])
        for clip, corpus, speaker, label, decision, p in rows:
            out.writerow([clip, corpus, speaker, EMOTIONS[label], EMOTIONS[decision], *(f"{v:.6f}" for v in p)])


def scores(rows):
    y, d = [r[3] for r in rows], [r[4] for r in rows]
    return {
        "accuracy": accuracy_score(y, d),
        "uar": balanced_accuracy_score(y, d),
        "macroF1": f1_score(y, d, average="macro"),
    }


def score_counts(counts):
    """The three figures of stacked confusion matrices [..., 8, 8], written independently of the TypeScript."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    support, decided = counts.sum(-1), counts.sum(-2)
    with np.errstate(invalid="ignore"):
        recall = np.nanmean(np.where(support > 0, hits / support, np.nan), -1)
        f1 = np.nanmean(np.where(support + decided > 0, 2 * hits / (support + decided), np.nan), -1)
    return {"accuracy": hits.sum(-1) / counts.sum((-2, -1)), "uar": recall, "macroF1": f1}


def bootstrap(rows, by_speaker, samples=20000):
    matrix = np.zeros((len(rows), 8, 8))
    for i, r in enumerate(rows):
        matrix[i, r[3], r[4]] = 1
    if by_speaker:
        speakers = sorted({r[2] for r in rows})
        matrix = np.stack([matrix[[i for i, r in enumerate(rows) if r[2] == s]].sum(0) for s in speakers])
    weights = rng.multinomial(len(matrix), np.full(len(matrix), 1 / len(matrix)), size=samples)
    counts = np.tensordot(weights, matrix, 1)
    return {k: np.quantile(v, [0.025, 0.975]).tolist() for k, v in score_counts(counts).items()}


def calibration_error(rows, bins=15):
    confidence = np.array([r[5].max() for r in rows])
    right = np.array([r[3] == r[4] for r in rows])
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return total


def loss(rows, temperature):
    logs = np.log(np.maximum(np.stack([r[5] for r in rows]), 5e-7)) / temperature
    logs -= scipy.special.logsumexp(logs, axis=1, keepdims=True)
    return -logs[np.arange(len(rows)), [r[3] for r in rows]].mean()


def stacking(runs, penalty):
    """Logistic regression on the log-probabilities of several runs, fitted and asked on the same clips."""
    x = np.concatenate([np.log(np.maximum(np.stack([r[5] for r in rows]), 5e-7)) for rows in runs], axis=1)
    y = np.array([r[3] for r in runs[0]])
    model = LogisticRegression(C=1 / (penalty * len(y)), tol=1e-12, max_iter=20000).fit(x, y)
    p = np.zeros((len(y), 8))
    p[:, model.classes_] = model.predict_proba(x)
    loss = -np.log(p[np.arange(len(y)), y]).mean() + penalty / 2 * (model.coef_**2).sum()
    return {"penalty": penalty, "objective": loss, "first": p[:5].tolist()}


def mcnemar(only_first, only_second):
    n = only_first + only_second
    if n < 25:
        return {"statistic": None, "pValue": binomtest(min(only_first, only_second), n).pvalue if n else 1.0}
    statistic = max(0, abs(only_first - only_second) - 1) ** 2 / n
    return {"statistic": statistic, "pValue": chi2.sf(statistic, 1)}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    clips = make_labels()
    first, second = make_run(clips, 1.8, 1.0), make_run(clips, 1.0, 1.4)
    write(OUT / "first.csv", first)
    write(OUT / "second.csv", second)
    y, d = [r[3] for r in first], [r[4] for r in first]
    precision, recall, f1, support = precision_recall_fscore_support(y, d, labels=range(8), zero_division=0)
    crema = [r for r in first if r[1] == "crema-d"]
    right = [np.array([r[3] == r[4] for r in rows]) for rows in (first, second)]
    counts = [int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())]
    expected = {
        "source": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}",
        "confusion": confusion_matrix(y, d, labels=range(8)).tolist(),
        "all": scores(first),
        "crema-d": scores(crema),
        "second": scores(second),
        "classes": [
            {"emotion": e, "precision": p, "recall": r, "f1": f, "support": int(s)}
            for e, p, r, f, s in zip(EMOTIONS, precision, recall, f1, support)
        ],
        "intervals": {"clip": bootstrap(first, False), "speaker": bootstrap(first, True)},
        "calibrationError": calibration_error(first),
        "loss": loss(first, 1.0),
        "temperature": float(
            np.exp(minimize_scalar(lambda t: loss(first, np.exp(t)), bracket=(-1, 1), options={"xtol": 1e-12}).x)
        ),
        "stacking": [stacking((first, second), penalty) for penalty in (0.003, 0.1)],
        "discordant": counts,
        "mcnemar": mcnemar(*counts),
        "mcnemarTable": [
            {"counts": [a, b], **mcnemar(a, b)}
            for a, b in ((0, 0), (1, 0), (0, 5), (8, 1), (12, 12), (4, 20), (25, 0), (13, 13), (121, 59), (300, 340))
        ],
    }
    (OUT / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
