"""Golden of the linear probe: what scikit-learn's logistic regression makes of 90 vectors of 6 numbers in 3 classes.

    .venv/bin/python scripts/goldens/linear-probe.py

writes test/goldens/training/linear-probe.json. The numbers are random; the columns have very unequal scales.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

OUT = Path(__file__).resolve().parents[2] / "test" / "goldens" / "training" / "linear-probe.json"
rng = np.random.default_rng(20261125)
labels = rng.choice(3, size=90, p=[0.6, 0.3, 0.1])
vectors = rng.normal(0, 1, (90, 6)) + 0.8 * rng.normal(0, 1, (3, 6))[labels]
vectors = np.round(vectors * [1, 10, 0.1, 1000, 1, 0.01] + [0, 5, 0, -300, 2, 0], 6)
x = StandardScaler().fit_transform(vectors)


def probabilities(penalty, weights):
    # Balanced weights sum to the number of clips, so that C means the same in both.
    c = 1 / (penalty * len(labels))
    model = LogisticRegression(C=c, tol=1e-12, max_iter=10000, class_weight=weights).fit(x, labels)
    return {"penalty": penalty, "classWeights": weights or "none", "probabilities": np.round(model.predict_proba(x)[:20], 9).tolist()}


OUT.parent.mkdir(parents=True, exist_ok=True)
golden = {
    "source": f"scikit-learn {sklearn.__version__}",
    "vectors": vectors.tolist(),
    "labels": labels.tolist(),
    "cases": [probabilities(0.001, None), probabilities(0.1, None), probabilities(0.01, "balanced")],
}
OUT.write_text(json.dumps(golden) + "\n")
