// Node 23 took util.isNullOrUndefined and util.isArray away; tfjs-node 4.22 and what danfojs brings still call
// them. This preload (node --require) puts them back before anything is imported; on older Nodes it does nothing.
const util = require("node:util");

util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
