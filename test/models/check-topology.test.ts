import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { checkTopology } from "../../src/models/check-topology.js";

type Layer = { name?: unknown; config: { name?: unknown; units?: unknown }; inbound_nodes: unknown };
interface Topology {
  config: { layers: Layer[] };
}
const path = join(packageRoot, "models", "lstm", "speaker-independent", "model.json");
/** The topology of the published LSTM, damaged. */
function damaged(damage: (layers: Layer[]) => void): Topology {
  const { modelTopology } = JSON.parse(readFileSync(path, "utf8")) as { modelTopology: Topology };
  damage(modelTopology.config.layers);
  return modelTopology;
}

describe("a stored topology", () => {
  it("that is whole passes, whatever the order of its layers", () => {
    checkTopology(
      damaged(() => {}),
      256,
    );
    checkTopology(
      damaged((layers) => void layers.reverse()),
      256,
    );
  });

  // For the first five tfjs would wait for ever, for the last it would ask for 64 GB.
  it.each<[string, (layers: Layer[]) => void, RegExp]>([
    ["a layer without a name", (layers) => delete layers[2]!.name, /a layer has no name/],
    ["a layer of another name inside", (layers) => (layers[2]!.config.name = "x"), /a layer has no name/],
    ["two of one name", (layers) => layers.push({ ...layers[2]! }), /two layers are called lstm_1/],
    ["an input that is not there", (layers) => layers.splice(1, 1), /lstm_1 hears one that is not there/],
    [
      "a circle",
      (layers) => (layers[1]!.inbound_nodes = [[["lstm_1", 0, 0, {}]]]),
      /mask hears one that is not there/,
    ],
    [
      "a call that is never made",
      (layers) => (layers[2]!.inbound_nodes = [[["mask", 7, 0, {}]]]),
      /lstm_1 hears/,
    ],
    [
      "more units than weights",
      (layers) => (layers[2]!.config.units = 1e9),
      /lstm_1 is wider than its weights/,
    ],
  ])("with %s is refused", (_name, damage, reason) => {
    expect(() => checkTopology(damaged(damage), 256)).toThrow(reason);
  });

  it.each([null, 5, "text", [], {}, { config: null }])("that is %j is left to tfjs", (topology) => {
    checkTopology(topology, 256);
  });
});
