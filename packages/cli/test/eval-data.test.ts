import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { useFakeHub } from "../../../testing/hub/use-fake-hub.ts";
import { helium, type Ran } from "./run-helium.ts";

const hub = useFakeHub();
const fixtures = `${root}packages/eval/fixtures/`;
const out = mkdtempSync(join(tmpdir(), "helium-eval-data-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Runs it with the settings of the environment, and nothing in the cache but what the test brings there. */
const evaluate = (...args: readonly string[]): Promise<Ran> =>
  helium(["eval", ...args, "--limit", "2", "--out", join(out, "results")], {
    env: { HF_ENDPOINT: hub.hub.endpoint, HF_HUB_CACHE: hub.cacheDir, HF_TOKEN: "hf_x" },
  });

describe("the data of helium eval", () => {
  test("comes from the hub with --download, is listed once, and is found in the cache afterwards", async () => {
    const paths = ["anatomy", "astronomy"].flatMap((subject) => [`${subject}/test.jsonl`, `${subject}/dev.jsonl`]);
    const files = paths.map((path) => [path, new Uint8Array(readFileSync(`${fixtures}data/cais/mmlu/${path}`))]);
    hub.hub.push("datasets/cais/mmlu", Object.fromEntries(files) as Record<string, Uint8Array>);
    const tasks = ["mmlu_anatomy", "mmlu_astronomy"];
    const missing = await evaluate(...tasks);
    expect({ code: missing.code, err: missing.err }).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /cais\/mmlu: is not in .*; download it \(--download\), or name the folder that holds it\n$/,
      ) as string,
    });
    const { code, out: printed } = await evaluate(...tasks, "--download");
    expect(code).toBe(0);
    for (const task of tasks) expect(printed).toContain(task);
    expect(hub.hub.seen.filter(({ path }) => path.startsWith("/api/"))).toHaveLength(1);
    const seen = hub.hub.seen.length;
    expect((await evaluate(...tasks)).code).toBe(0);
    expect(hub.hub.seen).toHaveLength(seen);
  });

  test("is told to be cut off, with the file and the mend, in one line", async () => {
    const path = "Rowan/hellaswag/data/validation-00000-of-00001-90bb85eab85fcfa8.parquet";
    const whole = readFileSync(`${fixtures}formats/hub/${path}`);
    const data = join(out, "data");
    mkdirSync(join(data, "Rowan/hellaswag/data"), { recursive: true });
    writeFileSync(join(data, path), whole.subarray(0, whole.length >> 1));
    const { code, err } = await evaluate("hellaswag", "--data", data);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^[^\n]*Rowan\/hellaswag\/data\/validation-\S+\.parquet: is cut off or damaged: its \d+ bytes have no footer; download the file again\n$/,
    );
  });
});
