import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const checkout = resolve(__dirname, "..", "..");

/** A bare clone: what set-up reads, and nothing installed. */
function bareClone(): string {
  const folder = mkdtempSync(join(tmpdir(), "affectlab-bare-"));
  for (const name of ["scripts", "bin", "environment.yml", "package.json", "package-lock.json"]) {
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
  }
  return folder;
}

/** A PATH with this Node, its npm and the named programs of this machine, and no other. */
function pathWith(folder: string, programs: readonly string[]): string {
  const bin = join(folder, "..", `${folder.split("/").pop()}-bin`);
  mkdirSync(bin);
  const node = process.execPath;
  symlinkSync(node, join(bin, "node"));
  for (const program of programs) {
    const found = process.env.PATH?.split(delimiter).find((place) => existsSync(join(place, program)));
    if (found) symlinkSync(join(found, program), join(bin, program));
  }
  return bin;
}

/** Starts a script of the clone. Registries are unreachable: this test must download nothing. */
function start(folder: string, script: string, path: string, args: readonly string[] = []) {
  return spawnSync(process.execPath, [join(folder, "scripts", script), ...args], {
    encoding: "utf8",
    cwd: folder,
    env: {
      HOME: folder,
      PATH: path,
      AFFECTLAB_HOME: join(folder, "store"),
      npm_config_registry: "http://127.0.0.1:9/",
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
    },
  });
}

describe("set-up on a bare machine", () => {
  it.each(["start.mjs", "lab.mjs", "test.mjs"])(
    "%s tells everything that is missing and changes nothing",
    (script) => {
      const folder = bareClone();
      const before = readdirSync(folder);
      const done = start(folder, script, pathWith(folder, []));
      expect(done.status).toBe(1);
      expect(done.stderr).toContain("Nothing was changed");
      expect(done.stderr).toContain("no C++ compiler");
      expect(done.stderr).toContain("no Python 3.10 to 3.13");
      expect(done.stderr).not.toMatch(/^\s+at /m);
      expect(readdirSync(folder)).toEqual(before);
    },
  );

  it("tells that the network is missing before anything is changed", () => {
    const folder = bareClone();
    const done = start(folder, "start.mjs", `${pathWith(folder, ["npm"])}${delimiter}${process.env.PATH}`);
    expect(done.stderr).toContain("npm's registry cannot be reached");
    expect(done.stderr).toContain("Python package index cannot be reached");
    expect(existsSync(join(folder, "node_modules"))).toBe(false);
    expect(existsSync(join(folder, ".venv"))).toBe(false);
  });

  it("lets the doctor tell what is missing, and exits with 1", () => {
    const folder = bareClone();
    const done = start(folder, "doctor.mjs", pathWith(folder, []), ["--json"]);
    const told = JSON.parse(done.stdout);
    expect(done.status).toBe(1);
    expect(told.usable).toBe(false);
    const bad = told.findings.filter((finding: { state: string }) => finding.state === "bad");
    expect(bad.map((finding: { name: string }) => finding.name)).toEqual([
      "npm packages",
      "Python",
      "Compiler",
      "TensorFlow",
      "Compiled code",
      "Kernel",
    ]);
    for (const finding of bad) expect(finding.remedy).toBeTruthy();
  });
});

describe("the tool that makes the Python environment", () => {
  it("is conda where conda is present, with the list of environment.yml and a prefix of its own", () => {
    const folder = bareClone();
    const path = pathWith(folder, []);
    const told = join(folder, "conda-was-told");
    const conda = `#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$@" > ${told}\n/bin/cat "$6" >> ${told} 2>/dev/null\nexit 3\n`;
    writeFileSync(join(path, "conda"), conda, { mode: 0o755 });
    const code = `import(${JSON.stringify(join(folder, "scripts/setup/steps/python-environment.mjs"))}).then((m) =>
      m.pythonEnvironment.run({ flavour: "cuda" }, () => {}).catch((error) => console.error(error.message)))`;
    const done = spawnSync(process.execPath, ["-e", code], {
      encoding: "utf8",
      env: { PATH: path, HOME: folder },
    });
    // It fails on purpose and no other tool is at hand: the error must be conda's own.
    expect(done.stderr).toContain("conda ended with code 3");
    const [command, ...list] = readFileSync(told, "utf8").split("\n");
    expect(command).toBe(`env create --prefix ${folder}/.venv --file ${folder}/build/setup/environment.yml`);
    expect(list.join("\n")).toContain("tensorflow[and-cuda]==");
  });
});
