import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { root } from "../../../../testing/repository.ts";
import { sha256 } from "../../../../testing/hub/fake-hub.ts";
import { weights } from "../../../../testing/hub/files.ts";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "./use-hub.ts";

const test = useHub();
const name = "model.safetensors";
const bytes = weights(2_000_000);

let program = "";
beforeAll(async () => {
  program = await bundleForNode(`${root}packages/helium/test/hub/pull-process.ts`, "esm");
});

interface Pull {
  readonly kill: () => void;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

function startPull(): Pull {
  const child = spawn(process.execPath, [program, test.hub.endpoint, test.cacheDir, repo]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
  return { kill: () => void child.kill("SIGKILL"), ended };
}

/** Sends the weights in small pieces, and no more than `most` bytes of them. */
function sendSlowly(pauseMs: number, most = bytes.length): void {
  test.hub.faults = [
    ({ server, headers }, response, content) => {
      if (server !== "content" || content === null) return false;
      const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
      const tag = `"tag-${sha256(content).slice(0, 8)}"`;
      const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
      response.writeHead(from > 0 ? 206 : 200, {
        etag: tag,
        "content-length": content.length - from,
        ...(from > 0 && range),
      });
      let at = from;
      const next = (): void => {
        if (response.destroyed || at >= most) return;
        response.write(content.subarray(at, (at += 100_000)));
        if (at < content.length) setTimeout(next, pauseMs);
        else response.end();
      };
      next();
      return true;
    },
  ];
}

describe("several processes", () => {
  it("fetch a file once, and all have it", async () => {
    test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    sendSlowly(20);
    const pulls = Array.from({ length: 3 }, startPull);
    const results = await Promise.all(pulls.map(({ ended }) => ended));
    expect(results.map(({ code, err }) => ({ code, err }))).toEqual(results.map(() => ({ code: 0, err: "" })));
    expect(test.hub.fetches(name)).toHaveLength(1);
    expect(test.tree().filter((path) => /incomplete|lock|tmp/.test(path))).toEqual([]);
  });

  it("one goes on where another was killed", async () => {
    test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    sendSlowly(30, 500_000);
    const first = startPull();
    const partial = (): string | undefined => test.tree().find((path) => path.endsWith(".incomplete"));
    const sizeOf = (path: string | undefined): number =>
      // Between the two looks it may have got its own name.
      (path === undefined ? undefined : statSync(`${test.cacheDir}/${path}`, { throwIfNoEntry: false }))?.size ?? 0;
    // More than the whole config.json, which comes before.
    while (sizeOf(partial()) < 1000) await new Promise((resolve) => setTimeout(resolve, 20));
    first.kill();
    expect((await first.ended).code).toBeNull();
    expect(partial()).toBeDefined();
    expect(test.tree().some((path) => path.endsWith(`/${name}`))).toBe(false);
    // Its lock is still there, and nobody waits for it.
    expect(test.tree().some((path) => path.endsWith(".lock"))).toBe(true);
    test.hub.faults = [];
    expect(await startPull().ended).toMatchObject({ code: 0, err: "" });
    expect(test.tree().filter((path) => /incomplete|lock|tmp/.test(path))).toEqual([]);
    expect(test.hub.fetches(name).map(({ headers }) => headers.range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=[1-9]\d+-$/),
    ]);
  });
});
