import { describe, expect, it } from "vitest";
import { findProblems, type Machine, type Needs, neededSpace } from "../../scripts/setup/preflight.mjs";

const everything: Needs = { packages: true, environment: true, addon: true, flavour: "cpu" };
const nothing: Needs = { packages: false, environment: false, addon: false, flavour: "cpu" };
const fit: Machine = {
  node: "v24.1.0",
  platform: "linux",
  arch: "x64",
  glibc: "2.36",
  compiler: "g++",
  pythons: [{ command: "python3", version: "3.11.2", hasVenv: true }],
  environmentTool: null,
  npmReachable: true,
  pypiReachable: true,
  rootFree: 50e9,
  rootWritable: true,
  store: "/home/ada/.cache/affectlab",
  storeWritable: true,
};

function problemsOf(change: Partial<Machine>, needs = everything): string {
  return findProblems({ ...fit, ...change }, needs)
    .map(({ problem, remedy }) => `${problem} ${remedy}`)
    .join("\n");
}

describe("the check of the machine", () => {
  it("finds nothing on a fit machine", () => {
    expect(findProblems(fit, everything)).toEqual([]);
  });

  it.each([
    ["an old Node", { node: "v18.20.0" }, /This is Node v18\.20\.0.*Install a current Node/],
    ["a Node that cannot require ES modules", { node: "v22.3.0" }, /This is Node v22\.3\.0/],
    ["no compiler", { compiler: null }, /no C\+\+ compiler.*apt-get install g\+\+/],
    ["no Python", { pythons: [] }, /no Python 3\.10 to 3\.13\. .*apt-get install python3 python3-venv/],
    [
      "a Python that is too new",
      { pythons: [{ command: "python3", version: "3.14.0", hasVenv: true }] },
      /no Python 3\.10 to 3\.13 \(python3 is 3\.14\.0\)/,
    ],
    [
      "no venv module",
      { pythons: [{ command: "python3", version: "3.11.2", hasVenv: false }] },
      /no venv module.*apt-get install python3-venv/,
    ],
    ["no way to npm", { npmReachable: false }, /npm's registry cannot be reached.*Check the network/],
    ["no way to PyPI", { pypiReachable: false }, /Python package index cannot be reached.*Check the network/],
    ["a full disk", { rootFree: 2e9 }, /has 2\.0 GB free; this needs 6\.0 GB\..*Free some space/],
    ["a checkout of someone else", { rootWritable: false }, /checkout .* cannot be written/],
    ["a store of someone else", { storeWritable: false }, /store .* cannot be written.*AFFECTLAB_HOME/],
    ["another system", { platform: "darwin", arch: "arm64" }, /This is darwin on arm64.*Linux/],
    ["musl", { glibc: null }, /no glibc/],
  ])("tells %s in one sentence with its remedy", (_name, change, expected) => {
    expect(problemsOf(change as Partial<Machine>)).toMatch(expected);
  });

  it("tells everything at once", () => {
    expect(
      findProblems({ ...fit, compiler: null, pythons: [], npmReachable: false }, everything),
    ).toHaveLength(3);
  });

  it("asks only for what is still to be done", () => {
    const bare = { compiler: null, pythons: [], npmReachable: false, pypiReachable: false, rootFree: 1e9 };
    expect(problemsOf(bare, nothing)).toBe("");
  });

  it("needs no Python where uv or conda can bring one", () => {
    expect(problemsOf({ pythons: [], environmentTool: "uv" })).toBe("");
  });

  it("wants more space for CUDA", () => {
    expect(neededSpace({ ...everything, flavour: "cuda" })).toBeGreaterThan(neededSpace(everything) + 5e9);
  });

  it.each(["v20.19.0", "v22.12.0", "v23.0.0", "v24.21.0", "v26.10.0"])("takes Node %s", (node) => {
    expect(problemsOf({ node })).toBe("");
  });
});
