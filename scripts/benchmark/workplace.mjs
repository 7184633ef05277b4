/**
 * @typedef {object} Workplace what every measurement is given
 * @property {import("./measure-training.mjs").Sides} sides
 * @property {import("./measure-training.mjs").Effort} effort
 * @property {string} folder for files of the moment; gone afterwards
 * @property {string} pytorchPython
 * @property {import("../../src/core/settings.js").Settings} settings
 */
export {};
