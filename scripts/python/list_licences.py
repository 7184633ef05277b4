"""The packages of the environment and the licence that each names: JSON, [{name, version, licence}].

The licence is the SPDX expression of the package's metadata (PEP 639), else its trove classifiers, else the first line of
its free text.
"""

import json
from importlib.metadata import distributions


def licence_of(metadata) -> str:
    expression = metadata.get("License-Expression")
    if expression:
        return expression
    classifiers = [c.split(" :: ")[-1] for c in metadata.get_all("Classifier") or [] if c.startswith("License :: ")]
    named = [c for c in classifiers if c != "OSI Approved"]
    if named:
        return " OR ".join(sorted(set(named)))
    return (metadata.get("License") or "").strip().split("\n")[0][:80]


def main() -> None:
    packages = [
        {"name": d.metadata["Name"], "version": d.version, "licence": licence_of(d.metadata)} for d in distributions()
    ]
    print(json.dumps(sorted(packages, key=lambda package: package["name"].lower())))


if __name__ == "__main__":
    main()
