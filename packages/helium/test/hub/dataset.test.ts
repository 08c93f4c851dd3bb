import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HubNotFoundError, HubOfflineError } from "@helium-lm/helium";
import { listCache } from "@helium-lm/helium/hub/cache";
import { openHubDataset } from "@helium-lm/helium/hub";
import { noise } from "../../../../testing/hub/files.ts";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "./use-hub.ts";

const test = useHub();
const path = "data/test-00000-of-00001.parquet";
const dataset = `datasets/${repo}`;

/** All bytes of a file. */
async function contentOf(id: string, file: string, more = {}): Promise<Uint8Array> {
  const source = await (await openHubDataset(id, test.options(more))).open(file);
  try {
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

describe("openHubDataset", () => {
  it("lists and fetches a dataset's files, which are not a model's of the same name, and keeps them as Python does", async () => {
    const bytes = noise(5000);
    const commit = test.hub.push(dataset, { "README.md": "# Data", [path]: bytes });
    test.hub.push(repo, { [path]: noise(5000, 2) });
    const opened = await openHubDataset(repo, test.options());
    expect(opened.name).toBe(dataset);
    expect(await opened.list()).toEqual(["README.md", path]);
    expect(await opened.commit()).toBe(commit);
    expect(await contentOf(repo, path)).toEqual(bytes);
    // As huggingface_hub lays it out: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
    const folder = join(test.cacheDir, "datasets--acme--tiny");
    expect(readdirSync(folder).sort()).toEqual(["blobs", "refs", "snapshots"]);
    expect(readFileSync(join(folder, "refs/main"), "utf8")).toBe(commit);
    expect(new Uint8Array(readFileSync(join(folder, "snapshots", commit, path)))).toEqual(bytes);
    expect(test.hub.fetches(path)).toHaveLength(1);
    expect(test.hub.seen[0]?.path).toBe(`/api/datasets/${repo}/revision/main`);
    expect(await listCache({ cacheDir: test.cacheDir, env: {} })).toEqual([]);
  });

  it("takes a revision, and works without the hub afterwards", async () => {
    test.hub.push(dataset, { "a.jsonl": "{}" }, "v1");
    test.hub.push(dataset, { "a.jsonl": '{"new": 1}' });
    expect(new TextDecoder().decode(await contentOf(`${repo}@v1`, "a.jsonl"))).toBe("{}");
    const seen = test.hub.seen.length;
    const again = await contentOf(`${repo}@v1`, "a.jsonl", { localFilesOnly: true });
    expect(new TextDecoder().decode(again)).toBe("{}");
    expect(test.hub.seen).toHaveLength(seen);
    const offline = openHubDataset(repo, test.options({ localFilesOnly: true })).then((opened) => opened.list());
    await expect(offline).rejects.toThrow(HubOfflineError);
    await expect(offline).rejects.toThrow(
      /^datasets\/acme\/tiny: is not in the cache .*; fetch it once with the network$/,
    );
  });

  it("says what is not there", async () => {
    test.hub.push(dataset, { "a.jsonl": "{}" });
    await expect(contentOf(repo, "b.jsonl")).rejects.toThrow(HubNotFoundError);
    await expect(contentOf("acme/none", "a.jsonl")).rejects.toThrow(/is not on the hub \(401\); check its name/);
    await expect(openHubDataset("a/b/c")).rejects.toThrow(/^a\/b\/c: is not the name of a dataset; give org\/name/);
    await expect(openHubDataset("a/b:c.gguf")).rejects.toThrow(HubNotFoundError);
  });
});
