"""Renders notebooks to HTML fragments with nbconvert: JSON in on standard input, JSON out on standard output.

In: a list of notebooks (nbformat 4). Out: {"bodies": [one fragment each], "highlighting": CSS for code, light and dark}.
The page around a fragment is src/notebook/reports/; nothing here fetches anything.
"""

import json
import sys

import nbformat
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter


def highlighting() -> str:
    light = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def main() -> None:
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    bodies = []
    for content in json.load(sys.stdin):
        # A notebook's file may hold a text as a list of lines; reads() joins them.
        notebook = nbformat.reads(json.dumps(content), as_version=4)
        # Pygments knows the language by this name; tslab's own metadata name a CodeMirror mode.
        notebook.metadata["language_info"] = {"name": "typescript", "pygments_lexer": "typescript"}
        body, _resources = exporter.from_notebook_node(notebook)
        bodies.append(body)
    json.dump({"bodies": bodies, "highlighting": highlighting()}, sys.stdout)


if __name__ == "__main__":
    main()
