import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { differencesBetween, lastLine } from "./kills.mjs";
import { check, checkNone } from "./part.mjs";
import { runToEnd, start } from "./product.mjs";
import { contentOfRuns, damagedRuns, runFolders } from "./run-files.mjs";

const train = ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=2", "--json"];

/** @type {import("./part.mjs").Part} */
export const locks = {
  name: "locks",
  title: "Two processes that are given the same run",
  promise:
    "One trains, the other says that it waits, and reads the result; the lock of a process that has ended is taken over.",
  async run({ laboratory, note }) {
    const place = laboratory.newWorkplace("locks");
    note("two at once");
    const both = [start(place, train), start(place, train)];
    for (const { child } of both) child.stdin.end();
    const ended = await Promise.all(both.map((one) => one.ended));
    const expected = contentOfRuns(place);
    const waited = ended.filter(({ stderr }) =>
      /waiting for process \d+ on \S+, which trains this run/.test(stderr),
    );
    const trained = ended.filter(({ stderr }) => /epoch 2 of 2/.test(stderr));

    note("an owner that is killed");
    const second = laboratory.newWorkplace("dead-owner");
    const owner = start(second, train);
    const began = await owner.hasSaid(/epoch 1 of 2/);
    const waiting = start(second, train); // waits for a living owner, which dies
    waiting.child.stdin.end();
    const isWaiting = await waiting.hasSaid(/waiting for process/);
    owner.signalGroup("SIGKILL");
    const successor = await waiting.ended;

    note("an owner whose number another process has");
    const third = laboratory.newWorkplace("number");
    const cutOff = start(third, train);
    await cutOff.hasSaid(/epoch 1 of 2/);
    cutOff.signalGroup("SIGKILL");
    await cutOff.ended;
    const lock = join(runFolders(third)[0]?.folder ?? "", "running.json");
    const left = JSON.parse(readFileSync(lock, "utf8"));
    writeFileSync(lock, JSON.stringify({ ...left, pid: process.pid })); // of this drill, which began earlier
    const heir = await runToEnd(third, train);

    const problems = [...ended, successor, heir]
      .filter(({ code }) => code !== 0)
      .map(({ stderr }) => lastLine(stderr));
    return {
      checks: [
        checkNone("all came to their end", problems),
        check("of two at once one trained", trained.length === 1, `${trained.length} did`),
        check("the other said that it waited", waited.length === 1 && waited[0] !== trained[0]),
        check("both told the same figures", ended[0]?.stdout === ended[1]?.stdout),
        check(
          "one that waited for a process that was killed took over",
          began && isWaiting && successor.code === 0,
        ),
        checkNone(
          "and ended with the same weights and metrics",
          differencesBetween(expected, contentOfRuns(second)),
        ),
        check(
          "a number that another process has been given does not hold up",
          !/waiting for process/.test(heir.stderr),
        ),
        checkNone("and the result is the same", differencesBetween(expected, contentOfRuns(third))),
        checkNone("all is whole", await damagedRuns(place)),
      ],
    };
  },
};
