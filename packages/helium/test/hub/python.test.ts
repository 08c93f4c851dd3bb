import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readText } from "@helium-lm/helium";
import { openHubDataset } from "@helium-lm/helium/hub";
import { weights } from "../../../../testing/hub/files.ts";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "./use-hub.ts";

/** A Python with the library whose cache we share: the variable HF_PYTHON, or the one on the PATH. */
const python = process.env["HF_PYTHON"] ?? "python3";
const isThere = spawnSync(python, ["-c", "import huggingface_hub"]).status === 0;

const test = useHub();
const name = "model.safetensors";

/** Runs Python with the cache of the test; gives the JSON that it prints. */
async function runPython(code: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const child = spawn(python, ["-c", `import json\nfrom huggingface_hub import *\n${code}`], {
    env: {
      ...process.env,
      HF_HUB_CACHE: test.cacheDir,
      HF_ENDPOINT: test.hub.endpoint,
      HF_HUB_DISABLE_XET: "1",
      ...env,
    },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, err }).toMatchObject({ status: 0 });
  return JSON.parse(out);
}

describe.skipIf(!isThere)(
  "a cache shared with huggingface_hub (skipped without a Python that has it; HF_PYTHON names one)",
  () => {
    it("is read there", async () => {
      const bytes = weights(5000);
      const commit = test.hub.push(repo, { "config.json": '{"a": 1}', [name]: bytes });
      const files = await test.files();
      await readText(files, "config.json");
      await (await files.openWeights()).close();
      const found = await runPython(
        `info = scan_cache_dir()
one = list(info.repos)[0]
revision = list(one.revisions)[0]
print(json.dumps({
  "warnings": [str(w) for w in info.warnings], "repo": one.repo_id, "size": one.size_on_disk,
  "commit": revision.commit_hash, "refs": list(revision.refs), "files": sorted(f.file_name for f in revision.files),
  "config": open(hf_hub_download("${repo}", "config.json")).read(),
  "weights": hf_hub_download("${repo}", "${name}"),
}))`,
        { HF_HUB_OFFLINE: "1" },
      );
      expect(found).toEqual({
        warnings: [],
        repo,
        size: bytes.length + 8,
        commit,
        refs: ["main"],
        files: ["config.json", name],
        config: '{"a": 1}',
        weights: `${test.folder}/snapshots/${commit}/${name}`,
      });
    });

    it("is filled there and read here", async () => {
      test.hub.push(repo, { "config.json": '{"a": 1}', [name]: weights(5000) });
      await runPython(
        `print(json.dumps([hf_hub_download("${repo}", "config.json"), hf_hub_download("${repo}", "${name}")]))`,
      );
      const before = test.hub.seen.length;
      const files = await test.files(repo, { localFilesOnly: true });
      expect(await readText(files, "config.json")).toBe('{"a": 1}');
      const reader = await files.openWeights();
      expect(reader.names()).toEqual(["x"]);
      await reader.close();
      expect(test.hub.seen.length).toBe(before);
      // And nothing is fetched twice.
      await (await (await test.files()).openWeights()).close();
      expect(test.hub.fetches(name).filter(({ method }) => method === "GET")).toHaveLength(1);
    });

    it("holds datasets too, brought there by either", async () => {
      const path = "data/test-00000-of-00001.parquet";
      const dataset = await openHubDataset(repo, test.options());
      test.hub.push(`datasets/${repo}`, { "a.jsonl": '{"a": 1}', [path]: weights(3000) });
      await (await dataset.open("a.jsonl")).close();
      const [first, second] = (await runPython(
        `def get(name, **more): return hf_hub_download("${repo}", name, repo_type="dataset", **more)
print(json.dumps([get("a.jsonl", local_files_only=True), get("${path}")]))`,
      )) as string[];
      expect(first).toBe(`${test.cacheDir}/datasets--acme--tiny/snapshots/${await dataset.commit()}/a.jsonl`);
      expect(second).toBe(first?.replace("a.jsonl", path));
      const offline = await openHubDataset(repo, test.options({ localFilesOnly: true }));
      expect(await offline.list()).toEqual(["a.jsonl", path]);
      const source = await offline.open(path);
      expect(source.size).toBe(weights(3000).length);
      await source.close();
    });
  },
);
