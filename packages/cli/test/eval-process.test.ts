import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleForNode } from "../../../testing/bundle-for-node.ts";
import { sendingItself } from "../../../testing/own-signal/own-signal.ts";
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

/** A run that is killed where its journal has so many bytes, in the middle of a line. @returns answers that it left */
async function killed(out: string, bytes: number): Promise<number> {
  const preload = sendingItself({ signal: "SIGKILL", to: ".jsonl", bytes });
  const child = spawn(process.execPath, [...preload, program, ...args, "--out", outOf(out)], { stdio: "ignore" });
  await new Promise((resolve) => child.on("close", resolve));
  expect(child.signalCode).toBe("SIGKILL");
  return linesOf(out).length;
}

test("helium eval goes on after kill -9, and scores nothing twice", async () => {
  const whole = await evaluated("not-killed");
  const total = linesOf("not-killed").length;
  const left = await killed("killed", statSync(join(outOf("not-killed"), "journal.jsonl")).size / 2);
  expect(left).toBeGreaterThanOrEqual(20);
  expect(left).toBeLessThan(total);
  const resumed = await evaluated("killed");
  const keys = linesOf("killed").map((line) => (JSON.parse(line) as [string])[0]);
  expect(keys).toHaveLength(total);
  expect(new Set(keys).size).toBe(total);
  expect(resumed).toEqual(whole);
});
