import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/index.ts";
import type { Backend } from "../contract/backend.ts";
import { BackendError } from "../errors.ts";
import { autoBackend, webGpuOfPage, type Candidates } from "./auto-backend.ts";

const named = (name: string): Backend => Object.assign(createCpuBackend(), { name });

/** Candidates that note the options they were given. */
function candidates(webgpu: "taken" | "refused" | null, refusing: readonly string[] = []) {
  const given: Record<string, unknown> = {};
  const create = (name: string) => async (options: object) => {
    given[name] = options;
    if (refusing.includes(name)) throw new BackendError(name, "cannot run");
    return named(name);
  };
  const all: Candidates = {
    webgpu:
      webgpu &&
      (async (options, auto) => {
        given["webgpu"] = { ...options, ...auto };
        return webgpu === "taken"
          ? { backend: named("webgpu"), reason: "webgpu: passes" }
          : { backend: null, reason: "webgpu: computes wrongly" };
      }),
    processor: [
      ["wasm", create("wasm")],
      ["cpu", create("cpu")],
    ],
  };
  return { all, given };
}

const chosen = (backend: Backend): unknown[] => [backend.name, backend.info()["autoReason"]];

test("webgpu is taken where it may be, else wasm, else cpu, and why is told", async () => {
  expect(chosen(await autoBackend({}, candidates("taken").all))).toEqual(["webgpu", "webgpu: passes"]);
  expect(chosen(await autoBackend({}, candidates("refused").all))).toEqual(["wasm", "webgpu: computes wrongly"]);
  expect(chosen(await autoBackend({}, candidates(null).all))).toEqual(["wasm", undefined]);
  expect(chosen(await autoBackend({}, candidates("refused", ["wasm"]).all))).toEqual([
    "cpu",
    "webgpu: computes wrongly; wasm: wasm: cannot run",
  ]);
  await expect(autoBackend({}, candidates(null, ["wasm", "cpu"]).all)).rejects.toThrow(
    /^createBackend: no backend runs/,
  );
});

test("everybody is given its own options, and those of wasm keep webgpu out", async () => {
  const options = { powerPreference: "low-power", needBytes: 5, acceptSoftware: true, threads: undefined };
  const taken = candidates("taken");
  await autoBackend(options, taken.all);
  expect(taken.given).toEqual({ webgpu: { powerPreference: "low-power", needBytes: 5, acceptSoftware: true } });
  const refused = candidates("refused");
  await autoBackend(options, refused.all);
  expect(refused.given["wasm"]).toEqual({});
  const threads = candidates("taken");
  expect(chosen(await autoBackend({ ...options, threads: 2 }, threads.all))).toEqual([
    "wasm",
    "webgpu: threads is given, an option of wasm",
  ]);
  expect(threads.given).toEqual({ wasm: { threads: 2 } });
  await expect(autoBackend({ thread: 2 }, threads.all)).rejects.toThrow(
    /thread: is not an option .* did you mean threads/,
  );
});

test("in Node webgpu is for who asks for it by name", () => {
  expect(webGpuOfPage()).toBeNull();
});
