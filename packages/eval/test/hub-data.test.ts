import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hubData, openDataset, type Dataset, type Row } from "@helium-lm/eval";
import { folderData } from "@helium-lm/eval/node";
import type { HubOptions } from "@helium-lm/helium/hub";
import { useFakeHub } from "../../../testing/hub/use-fake-hub.ts";

const test = useFakeHub();
const formats = new URL("../fixtures/formats/", import.meta.url).pathname;
const arc: Dataset = { repo: "allenai/ai2_arc", config: "ARC-Easy", testSplit: "test" };
const parts = [0, 1].map((part) => `ARC-Easy/test-0000${part}-of-00002.parquet`);

function push(repo = arc.repo): string {
  const files = parts.map((path): [string, Uint8Array] => [
    path,
    readFileSync(`${formats}hub/allenai/ai2_arc/${path}`),
  ]);
  return test.hub.push(`datasets/${repo}`, { "README.md": "# ARC", ...Object.fromEntries(files) });
}

async function rowsOf(dataset: Dataset, options: HubOptions = {}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const split = await openDataset(dataset, "test", await hubData(dataset, test.options(options)));
  for await (const { row } of split.rows()) rows.push(row);
  return rows;
}

describe("hubData", () => {
  it("fetches the files of a split, no others, and each once", async () => {
    push();
    expect(await rowsOf(arc)).toHaveLength(20);
    expect(await rowsOf(arc)).toHaveLength(20);
    for (const path of parts) expect(test.hub.fetches(path)).toHaveLength(1);
    expect(test.hub.seen.some(({ path }) => path.endsWith("README.md"))).toBe(false);
    // What came is found again without the hub, and as a user's folder.
    expect(await rowsOf(arc, { localFilesOnly: true })).toHaveLength(20);
    const { files } = await openDataset(arc, "test", await folderData(test.cacheDir));
    expect(files.every((path) => path.startsWith("datasets--allenai--ai2_arc/snapshots/"))).toBe(true);
  });

  it("goes on to a mirror", async () => {
    push("acme/arc");
    expect(await rowsOf({ ...arc, mirrors: ["acme/arc"] })).toHaveLength(20);
    await expect(rowsOf(arc)).rejects.toThrow(/^datasets\/allenai\/ai2_arc@main: is not on the hub/);
  });

  it("takes the hub's conversion of a dataset that is a script", async () => {
    const parquet = new Uint8Array(readFileSync(`${formats}converted/baber/piqa/plain_text/validation/0000.parquet`));
    test.hub.push("datasets/ybisk/piqa", { "README.md": "# PIQA", "piqa.py": "" });
    const piqa = { repo: "ybisk/piqa", testSplit: "validation" };
    const open = async (options: HubOptions = {}): ReturnType<typeof openDataset> =>
      openDataset(piqa, "validation", await hubData(piqa, test.options(options)));
    await expect(open()).rejects.toThrow(
      /^ybisk\/piqa: has no files without a configuration in datasets\/ybisk\/piqa, and no data at all; looked for/,
    );
    test.hub.push("datasets/ybisk/piqa", { "plain_text/validation/0000.parquet": parquet }, "refs/convert/parquet");
    expect((await open()).files).toEqual(["plain_text/validation/0000.parquet"]);
    const rows: Row[] = [];
    for await (const { row } of (await open()).rows()) rows.push(row);
    expect(rows).toHaveLength(20);
    await expect(open({ revision: "main" })).rejects.toThrow(/no data at all/);
    const { files } = await openDataset(piqa, "validation", await folderData(test.cacheDir));
    expect(files[0]).toMatch(/^datasets--ybisk--piqa\/snapshots\/[0-9a-f]{40}\/plain_text\/validation\/0000\.parquet$/);
  });

  it("says what the repository has instead of what was asked for", async () => {
    push();
    await expect(rowsOf({ ...arc, config: "ARC-Hard" })).rejects.toThrow(
      /^allenai\/ai2_arc: has no configuration "ARC-Hard" in datasets\/allenai\/ai2_arc, only "ARC-Easy"; looked for ARC-Hard/,
    );
  });
});
