import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleForNode } from "../../../testing/bundle-for-node.ts";
import { root } from "../../../testing/repository.ts";
import { helium } from "./run-helium.ts";

const data = `${root}packages/eval/fixtures/data`;
const folder = mkdtempSync(join(tmpdir(), "helium-eval-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const outOf = (name: string): string => join(folder, name);

let program = "";
beforeAll(async () => {
  program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
});

const args = ["eval", "arc_easy", "arc_challenge", "hellaswag", "--data", data, "--threads", "1"];
/** The answers in the journal of a run, without a line that is not whole. */
const linesOf = (out: string): string[] => {
  const journal = join(outOf(out), "journal.jsonl");
  return existsSync(journal) ? readFileSync(journal, "utf8").split("\n").slice(1, -1) : [];
};

/** What all tasks got, in a run within this process. */
async function evaluated(out: string): Promise<unknown> {
  const { code, out: printed, err } = await helium([...args, "--out", outOf(out), "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const { tasks } = JSON.parse(printed) as { tasks: readonly { name: string; n: unknown; metrics: unknown }[] };
  return tasks.map(({ name, n, metrics }) => ({ name, n, metrics }));
}

/** Kills a run that has answered something. @returns answers that it left, or null where it came to its end first */
async function killed(out: string): Promise<number | null> {
  const child = spawn(process.execPath, [program, ...args, "--out", outOf(out)], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (linesOf(out).length < 20 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGKILL");
  await ended;
  return child.signalCode === "SIGKILL" ? linesOf(out).length : null;
}

test("helium eval goes on after kill -9, and scores nothing twice", async () => {
  const whole = await evaluated("not-killed");
  const total = linesOf("not-killed").length;
  // On a busy machine a run may end before it is killed.
  let out = "";
  let left: number | null = null;
  for (let attempt = 0; (left === null || left === total) && attempt < 10; attempt++)
    left = await killed((out = `killed-${attempt}`));
  expect(left).toBeGreaterThanOrEqual(20);
  expect(left).toBeLessThan(total);
  const resumed = await evaluated(out);
  const keys = linesOf(out).map((line) => (JSON.parse(line) as [string])[0]);
  expect(keys).toHaveLength(total);
  expect(new Set(keys).size).toBe(total);
  expect(resumed).toEqual(whole);
});
