/** What tfjs reads of a stored topology, as far as it is looked at here. */
interface StoredLayer {
  readonly class_name?: unknown;
  readonly name?: unknown;
  readonly config?: { readonly name?: unknown; readonly units?: unknown; readonly filters?: unknown };
  readonly inbound_nodes?: unknown;
}

/**
 * Looks at a stored functional model before tfjs builds it: tfjs waits for ever for a layer that is named as an input and
 * is not there, and takes memory for as many units as a layer says that it has. `widest` is the largest dimension of the
 * weights beside it, which no layer may exceed. Throws an Error that names the layer; what else is wrong is tfjs' to say.
 */
export function checkTopology(topology: unknown, widest: number): void {
  const model = topology as { model_config?: unknown; config?: unknown } | null;
  const held = (model?.model_config ?? model) as { config?: { layers?: unknown } } | null;
  const layers = held?.config?.layers;
  if (!Array.isArray(layers)) return;
  checkLayers(layers as StoredLayer[], widest);
  checkOrder(layers as StoredLayer[]);
}

function checkLayers(layers: readonly StoredLayer[], widest: number): void {
  const names = new Set<unknown>();
  for (const layer of layers) {
    const name = layer?.name;
    if (typeof name !== "string" || layer.config?.name !== name) throw new Error("a layer has no name");
    if (names.has(name)) throw new Error(`two layers are called ${name}`);
    names.add(name);
    for (const width of [layer.config.units, layer.config.filters])
      if (typeof width === "number" && !(width <= widest))
        throw new Error(`the layer ${name} is wider than its weights`);
  }
}

/** That every layer can be called after those that it hears, in some order: tfjs calls them round after round. */
function checkOrder(layers: readonly StoredLayer[]): void {
  const calls = new Map(layers.map(({ class_name, name }) => [name, class_name === "InputLayer" ? 1 : 0]));
  let waiting = layers.flatMap(({ name, inbound_nodes: nodes }) =>
    (Array.isArray(nodes) ? nodes : []).map((inputs: unknown) => ({ name, inputs: inputsOf(inputs) })),
  );
  while (waiting.length > 0) {
    const before = waiting.length;
    waiting = waiting.filter(({ name, inputs }) => {
      if (inputs.some(({ layer, call }) => !((calls.get(layer) ?? 0) > call))) return true;
      calls.set(name, calls.get(name)! + 1);
      return false;
    });
    if (waiting.length === before)
      throw new Error(`the layer ${String(waiting[0]!.name)} hears one that is not there`);
  }
}

const inputsOf = (inputs: unknown): { layer: unknown; call: number }[] =>
  (Array.isArray(inputs) ? inputs : []).map((input: unknown) => {
    const [layer, call] = Array.isArray(input) ? (input as unknown[]) : [];
    return { layer, call: Number(call) };
  });
