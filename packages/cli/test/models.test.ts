import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { run } from "../src/index.ts";
import { capturedIo } from "./captured-io.ts";

const elsewhere = mkdtempSync(join(tmpdir(), "helium-elsewhere-"));
const [folder, script] = [process.cwd(), process.argv[1]];
afterAll(() => {
  process.chdir(folder);
  process.argv[1] = script!;
  rmSync(elsewhere, { recursive: true, force: true });
});

it("a model that ships is listed with how to install it, where its package is not installed", async () => {
  process.chdir(elsewhere);
  process.argv[1] = join(elsewhere, "program.js");
  const io = { ...capturedIo(), program: join(elsewhere, "program.js") };
  expect(await run(["models"], { ...io, env: { HF_HUB_CACHE: elsewhere } })).toBe(0);
  expect(io.out()).toMatch(/^helium-nano +not installed: npm install @helium-lm\/model-helium-nano\n/m);
});
