import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BrowserPage } from "../../../../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";

/** What a process or page tells of a backend it made. */
interface Told {
  readonly info?: Readonly<Record<string, unknown>>;
  readonly value?: number;
  readonly error?: string;
}

const library = new URL("../../src/index.ts", import.meta.url).href;

/** Makes backends in `node … -e`, reading modules by type stripping. */
function inProcess(flags: readonly string[], calls: readonly (readonly [string, object])[]): Told[] {
  const source = `const { add, createBackend, tensor } = await import(${JSON.stringify(library)});
const told = [];
for (const [name, options] of ${JSON.stringify(calls)})
  try {
    const backend = await createBackend(name, options);
    told.push({ info: backend.info(), value: (await add(tensor(backend, [1]), tensor(backend, [2])).data())[0] });
    backend.dispose();
  } catch (error) {
    told.push({ error: error.message });
  }
console.log(JSON.stringify(told));`;
  const args = ["--disable-warning=ExperimentalWarning", ...flags, "--input-type=module", "-e", source];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Told[];
}

describe("workers of the wasm backend in Node", () => {
  test("start under --input-type=module -e", () => {
    const [told] = inProcess([], [["wasm", { threads: 2 }]]);
    expect(told).toMatchObject({ info: { backend: "wasm", threads: 2 }, value: 3 });
  });

  test("refused by the permission model: one thread by itself, an error where more were asked for", () => {
    const calls = [
      ["auto", {}],
      ["wasm", { threads: 1 }],
      ["wasm", { threads: 2 }],
      ["auto", { threads: 2 }],
    ] as const;
    const [auto, one, ...asked] = inProcess(["--permission", "--allow-fs-read=*"], calls);
    expect(auto).toMatchObject({ info: { backend: "wasm", threads: 1 }, value: 3 });
    // On one core nothing is refused.
    if (auto?.info?.["threadsReason"] !== undefined)
      expect(auto.info["threadsReason"]).toMatch(
        /^wasm: no worker can be started here \(.*allow-worker.*\); allow workers/,
      );
    expect(one).toMatchObject({ info: { threads: 1 }, value: 3 });
    expect(one?.info).not.toHaveProperty("threadsReason");
    for (const { error } of asked)
      expect(error).toMatch(
        /^wasm: no worker can be started here \(.*allow-worker.*\); allow workers, or run with threads: 1$/,
      );
  });
});

describe("workers that do not start", () => {
  beforeEach(() => vi.resetModules());
  afterEach(() => {
    vi.doUnmock("../../src/workers/physical-cores.ts");
    vi.doUnmock("../../src/workers/start-worker.ts");
  });

  test.each([
    ["at once", { throws: "not allowed." }, "not allowed"],
    ["by an error later", { dies: "out of threads" }, "out of threads"],
  ])("%s: one thread by itself, none left behind", async (_, { throws, dies }: Record<string, string>, reason) => {
    vi.doMock("../../src/workers/physical-cores.ts", () => ({ physicalCores: async () => 3 }));
    let alive = 0;
    vi.doMock("../../src/workers/start-worker.ts", async () => {
      const { WorkersRefusedError } = await import("../../src/errors.ts");
      return {
        startWorker: async ({ onDeath }: { onDeath: (reason: string) => void }) => {
          if (throws) throw new WorkersRefusedError(throws);
          alive++;
          setTimeout(() => onDeath(dies ?? ""), 1);
          return { post: () => undefined, terminate: () => void alive-- };
        },
      };
    });
    const { createWasmBackend } = await import("../../src/backends/wasm/index.ts");
    const backend = await createWasmBackend();
    expect(backend.info()).toMatchObject({
      threads: 1,
      sharedMemory: false,
      threadsReason: `wasm: no worker can be started here (${reason}); allow workers, or run with threads: 1`,
    });
    backend.dispose();
    await expect(createWasmBackend({ threads: 3 })).rejects.toThrow(reason);
    expect(alive).toBe(0);
  });
});

describe("workers of the wasm backend in Chromium", () => {
  if (findChromium() === null) return test.skip(needsChromium, () => undefined);

  const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const entry = fileURLToPath(new URL("../browser/wasm-page.ts", import.meta.url));

  async function inPage(headers: Readonly<Record<string, string>>, calls: readonly (readonly [string, object])[]) {
    const page = await BrowserPage.open(entry, headers);
    try {
      const told: Told[] = [];
      for (const [name, options] of calls) told.push(await page.run<Told>("create", { name, options }));
      expect(page.errors).toEqual([]);
      return told;
    } finally {
      await page.close();
    }
  }

  test("start in a cross-origin isolated page; wide code is none of a page's", async () => {
    const [told] = await inPage(isolated, [["wasm", { threads: 2, codegen: "wide" }]]);
    expect(told).toMatchObject({
      info: {
        threads: 2,
        sharedMemory: true,
        codegen: "plain",
        codegenReason: expect.stringMatching(/this is a page$/) as string,
      },
      value: 3,
    });
  });

  test("none without isolation: one thread by itself", async () => {
    const [told] = await inPage({}, [["auto", {}]]);
    expect(told).toMatchObject({ info: { backend: "wasm", threads: 1 }, value: 3 });
    expect(told?.info?.["threadsReason"]).toMatch(/^no SharedArrayBuffer/);
  });

  test.each([
    ["worker-src 'none'", "Content-Security-Policy may lack worker-src blob:"],
    ["require-trusted-types-for 'script'", "TrustedScriptURL"],
  ])("refused by %s: an error where threads were asked for, one by itself", async (policy, reason) => {
    const [asked, auto] = await inPage({ ...isolated, "Content-Security-Policy": policy }, [
      ["wasm", { threads: 2 }],
      ["auto", {}],
    ]);
    expect(asked?.error).toMatch(/^wasm: no worker can be started here \(.*\); allow workers, or run with threads: 1$/);
    expect(asked?.error).toContain(reason);
    expect(auto).toMatchObject({ info: { backend: "wasm", threads: 1 }, value: 3 });
    // A page on one processor asks for no worker.
    if (auto?.info?.["threadsReason"] !== undefined) expect(auto.info["threadsReason"]).toContain(reason);
  });
});
