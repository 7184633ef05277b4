import { expect, it } from "vitest";
import { measureEach } from "../../../scripts/benchmark/measure-each.mjs";
import { makeRow } from "../../../scripts/benchmark/row.mjs";

it("leaves out the rows of a measurement that fails, tells why, and goes on with the next", async () => {
  const row = (task: string) => makeRow({ task, unit: "s", repeats: { ours: [1] } });
  const told: string[] = [];
  const failures = await measureEach(
    [
      { task: "resnet", run: async () => [row("resnet")] },
      { task: "lstm-32", run: () => Promise.reject(new Error("the side pytorch has ended")) },
      { task: "predict-clip", run: async () => [row("predict-clip")] },
    ],
    {
      onRows: async (rows) => void told.push(...rows.map(({ task }) => task)),
      onFailure: async ({ text }) => void told.push(text),
    },
  );
  expect(told).toEqual(["resnet", "lstm-32: the side pytorch has ended", "predict-clip"]);
  expect(failures).toEqual([{ task: "lstm-32", text: "lstm-32: the side pytorch has ended" }]);
});
