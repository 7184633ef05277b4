// Node 23 took util.isNullOrUndefined and util.isArray away; tfjs-node 4.22 and what danfojs brings still call
// them, and where they are still there Node warns of them. This preload (node --require) puts quiet ones in their place.
const util = require("node:util");

util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
