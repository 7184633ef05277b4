// The import table of the design: what a folder of src may import, and nothing else.
const everything =
  "core|audio|features|corpora|protocols|kernels|models|evaluation|training|explanation|inference|charts";
const may = {
  core: "",
  audio: "core",
  features: "core|audio",
  corpora: "core|audio",
  protocols: "core|corpora",
  kernels: "core",
  models: "core|kernels",
  evaluation: "core|corpora",
  training: "core|features|corpora|protocols|models|kernels|evaluation",
  explanation: "core|features|models|kernels",
  inference: "core|audio|features|models",
  service: "core|audio|features|models|inference",
  export: "core|audio|features|corpora|protocols|models|evaluation|inference",
  charts: "core",
  notebook: everything,
  cli: `${everything}|notebook|service|export`,
  web: "core|audio|features|models|explanation|inference|charts",
};

module.exports = {
  forbidden: [
    ...Object.entries(may).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: "error",
      comment: `src/${folder} may import ${allowed.replaceAll("|", ", ") || "nothing of src"}`,
      from: { path: `^src/${folder}/` },
      to: { path: "^src/", pathNot: `^src/(${[folder, allowed].filter(Boolean).join("|")})/` },
    })),
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans-from-src",
      severity: "error",
      comment: "src never imports tests, scripts or the compiled output",
      from: { path: "^src/" },
      to: { path: "^(test|scripts|dist)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
