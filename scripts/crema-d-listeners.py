"""How often CREMA-D's listeners name the intended emotion from the voice alone, on the test clips of new voices.

    .venv/bin/python scripts/crema-d-listeners.py SUMMARY_TABLE.csv

prints what data/references.json says of the listeners: accuracy and UAR of the listeners' plurality on the CREMA-D test
clips of results/speaker-independent/split.csv. A clip whose votes tie between emotions counts by share.
"""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EMOTION = {"A": "ANG", "D": "DIS", "F": "FEA", "H": "HAP", "N": "NEU", "S": "SAD"}

with open(ROOT / "results" / "speaker-independent" / "split.csv") as file:
    test = {r["clip"][8:-4] for r in csv.DictReader(file) if r["part"] == "test" and r["clip"].startswith("crema-d/")}
hits = defaultdict(list)
with open(sys.argv[1]) as file:
    for row in csv.DictReader(file):
        if row["FileName"] in test:
            votes = [EMOTION[v] for v in row["VoiceVote"].split(":")]
            label = row["FileName"].split("_")[2]
            hits[label].append(votes.count(label) / len(votes))
every = [h for own in hits.values() for h in own]
print(json.dumps({"clips": len(every), "accuracy": sum(every) / len(every), "uar": sum(sum(o) / len(o) for o in hits.values()) / len(hits)}))
