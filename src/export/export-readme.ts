import { percentFigure } from "../core/percent.js";
import type { GroupMetrics } from "../evaluation/report.js";
import { describeFeatures } from "../features/describe-features.js";
import type { ExportCard } from "./export-card.js";
import type { ExportTargetName } from "./target.js";

const titles: Readonly<Record<ExportTargetName, string>> = {
  tfjs: "TensorFlow.js",
  onnx: "ONNX Runtime",
  tflite: "TFLite (LiteRT)",
};

/** README.md beside an exported model: how it is called in its world, and what is known of it. */
export function exportReadme(card: ExportCard): string {
  const { source, comparison, weights, output, files } = card;
  const sounds = comparison.of === "test" ? "test clips" : "clips of the synthetic sample";
  const size = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  const sections = [
    `# ${source.name} for ${titles[card.target]}`,
    `The emotion that a voice sounds like, from 3 s of sound. Exported by \`affectlab export\` from the published model \`${source.name}\` (${source.protocol}, run ${source.specHash}); ${megabytes(size)}, kernels in ${weights}.`,
    "## Call",
    call(card),
    "## What goes in",
    describeInput(card),
    "## What comes out",
    `\`${output.name}\`, [${output.shape.join(", ")}] float32, sums to 1, calibrated on validation clips: ${output.labels.join(", ")}. The emotion is the largest.${
      card.unsureBelow === undefined
        ? ""
        : ` Below ${card.unsureBelow.toFixed(2)} the model is unsure: on validation, answers with less were more often wrong than right.`
    }`,
    "## How near it is to its source",
    `On ${comparison.clips} ${sounds}, in ${comparison.runtime}: the largest difference of a probability from the source's is ${comparison.largestDifference.toPrecision(2)}; ${comparison.sameEmotion} of ${comparison.clips} have the same emotion.`,
    figures(card),
    "## Limits",
    `${card.limits}\n\nThe answer is a property of the sound, not what a person feels: no decision about a person may rest on it. In the European Union, inferring emotions at work and in education is prohibited save for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)).`,
    "## Licence",
    `${card.licence}\n\n${card.citations.map((citation) => `- ${citation}`).join("\n")}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function describeInput({ input, features }: ExportCard): string {
  const trimmed =
    features.trimDecibels === null
      ? ""
      : ` Silence at the ends (more than ${features.trimDecibels} dB under the loudest frame) is found and cut inside.`;
  const standardised =
    features.kind === "whisper-mel"
      ? ""
      : ", each band less its mean over training clips and divided by its deviation";
  const lines = [
    `\`${input.name}\`, [${input.shape.join(", ")}] float32: 3 s of mono sound at 16 kHz, from -1 to 1, zeros behind a shorter one. Of a longer recording give the middle 3 s, or windows of 3 s and take the mean of their answers.${trimmed} Any level will do: the loudest sample is scaled to 1 inside.`,
    `The features are part of the model; nothing has to be computed before. They are, for whoever wants to know: ${describeFeatures(features)}${standardised}.`,
  ];
  return lines.join("\n\n");
}

function figures({ test, sourceTest, source, weights }: ExportCard): string {
  const rows = (metrics: Readonly<Record<string, GroupMetrics>>, who: string): string[] =>
    Object.entries(metrics).map(
      ([corpus, { n, uar, accuracy }]) =>
        `| ${who} | ${corpus} | ${n} | ${percentFigure(accuracy)} | ${percentFigure(uar)} |`,
    );
  const own = test === null ? [] : rows(test, `exported, ${weights}, 3 s of each`);
  const table = [
    "| model | test clips of | n | accuracy % | UAR % |",
    "|---|---|---|---|---|",
    ...rows(source.test, "source, whole clips"),
    ...(sourceTest === null ? [] : rows(sourceTest, "source, 3 s of each")),
    ...own,
  ].join("\n");
  const told =
    test === null
      ? "The source's figures, with 95% bootstrap intervals; the exported model was not judged by itself."
      : "With 95% bootstrap intervals. The exported model was given the middle 3 s of each clip, without the silence at its ends.";
  return `${told}\n\n${table}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function call({ target, output }: ExportCard): string {
  const labels = JSON.stringify(output.labels);
  if (target === "tfjs") {
    return `\`\`\`js
import * as tf from "@tensorflow/tfjs";

const labels = ${labels};
const model = await tf.loadGraphModel("model.json"); // in Node: "file:///…/model.json", with @tensorflow/tfjs-node
const samples = new Float32Array(48000); // 3 s at 16 kHz: put the sound here
const probabilities = tf.tidy(() => model.predict(tf.tensor2d(samples, [1, 48000])).dataSync());
console.log(labels[probabilities.indexOf(Math.max(...probabilities))], probabilities);
\`\`\`

No layers of affectlab's own are needed. It was checked on the wasm backend; cpu and webgl have the same operations.`;
  }
  if (target === "onnx") {
    return `\`\`\`python
import numpy as np
import onnxruntime

labels = ${labels}
session = onnxruntime.InferenceSession("model.onnx")
samples = np.zeros((1, 48000), np.float32)  # 3 s at 16 kHz: put the sound here
(probabilities,) = session.run(None, {"samples": samples})
print(labels[probabilities.argmax()], probabilities)
\`\`\`

\`\`\`js
import * as ort from "onnxruntime-node"; // in a page: onnxruntime-web

const labels = ${labels};
const session = await ort.InferenceSession.create("model.onnx");
const samples = new ort.Tensor("float32", new Float32Array(48000), [1, 48000]); // put the sound here
const { probabilities } = await session.run({ samples });
console.log(labels[probabilities.data.indexOf(Math.max(...probabilities.data))], probabilities.data);
\`\`\`

Opset 17.`;
  }
  return `\`\`\`python
import numpy as np
from ai_edge_litert.interpreter import Interpreter  # or tf.lite.Interpreter

labels = ${labels}
interpreter = Interpreter("model.tflite")
interpreter.allocate_tensors()
samples = np.zeros((1, 48000), np.float32)  # 3 s at 16 kHz: put the sound here
interpreter.set_tensor(interpreter.get_input_details()[0]["index"], samples)
interpreter.invoke()
probabilities = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
print(labels[probabilities.argmax()], probabilities)
\`\`\`

\`\`\`kotlin
// implementation("com.google.ai.edge.litert:litert:1.0.1")
val labels = listOf(${output.labels.map((label) => JSON.stringify(label)).join(", ")})
val interpreter = Interpreter(File(filesDir, "model.tflite"))
val samples = arrayOf(FloatArray(48000)) // 3 s at 16 kHz: put the sound here
val probabilities = arrayOf(FloatArray(${output.labels.length}))
interpreter.run(samples, probabilities)
val emotion = labels[probabilities[0].indices.maxBy { probabilities[0][it] }]
\`\`\`

Built-in operations alone: no Flex delegate is needed.`;
}
