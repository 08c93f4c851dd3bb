import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { helium, type Ran } from "./run-helium.ts";
import { fixtureFiles, weights } from "../../../testing/hub/files.ts";
import { repo, useFakeHub } from "../../../testing/hub/use-fake-hub.ts";

const test = useFakeHub();

/** Runs a command against the fake hub, with the settings of the environment. */
const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  helium(argv, { env: { HF_ENDPOINT: test.hub.endpoint, HF_HUB_CACHE: test.cacheDir, HF_TOKEN: "hf_x", ...env } });

describe("helium pull, models and rm", () => {
  it("fetch a model, list it and remove it", async () => {
    const commit = test.hub.push(repo, fixtureFiles("helium-sharded/causal"));
    const pulled = await run(["pull", repo]);
    expect({ code: pulled.code, err: pulled.err }).toEqual({ code: 0, err: "" });
    expect(pulled.out).toMatch(
      new RegExp(`^acme/tiny: commit ${commit.slice(0, 12)} · 30 tensors · 7 files, .* fetched · `),
    );
    expect((await run(["pull", `${repo}@${commit}`])).out).toMatch(/was in the cache/);
    const listed = await run(["models"]);
    expect(listed.out).toMatch(
      new RegExp(
        `^acme/tiny +\\S+ kB\n {2}${commit.slice(0, 12)} +\\S+ kB +7 files, main\nhelium-nano +\\S+ MB +of @helium-lm/model-helium-nano\nhelium-nano-langid .*\nhelium-nano-codeswitch .*\n$`,
      ),
    );
    expect(listed.err).toMatch(/^1 model, /);
    const [first] = JSON.parse((await run(["models", "--json"])).out) as [{ repo: string; bytes: number }];
    expect(first.repo).toBe(repo);
    expect(await run(["rm", repo])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^acme\/tiny: \S+ kB free\n$/) as string,
    });
    expect(test.tree()).toEqual([]);
    expect(await run(["rm", repo])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is not in the cache/) as string,
    });
  });

  it("remove one revision and keep what others share with it", async () => {
    const files = { "config.json": "{}", "model.safetensors": weights(5000) };
    const first = test.hub.push(repo, files);
    await run(["pull", repo]);
    test.hub.push(repo, { ...files, "config.json": '{"a":1}', "x.txt": "" });
    await run(["pull", repo]);
    expect((await run(["models"])).out.split("\n")).toHaveLength(4 + 3);
    expect((await run(["rm", `${repo}@v3`])).err).toMatch(/is not in the cache .*; it has .*main/);
    expect((await run(["rm", `${repo}@${first.slice(0, 8)}`])).out).toMatch(/: 2 B free/);
    expect((await run(["models"])).out.split("\n")).toHaveLength(3 + 3);
    expect((await run(["pull", repo], { HF_HUB_OFFLINE: "1" })).out).toMatch(/was in the cache/);
    expect(existsSync(join(test.folder, "snapshots", first))).toBe(false);
  });
});

describe("other commands take a model of the hub", () => {
  it("inspect, generate, convert and quantize", async () => {
    const output = join(test.cacheDir, "out.gguf");
    test.hub.push(repo, fixtureFiles("helium-sharded/causal"));
    expect((await run(["inspect", repo])).out).toMatch(/^acme\/tiny\n\nconfig\n/);
    expect(await run(["generate", "--model", repo, "--max-new-tokens", "2", "--backend", "cpu"])).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^\d tokens? in/) as string,
    });
    // Its tokenizer is larger than its vocabulary, which a GGUF file may not have.
    const { "tokenizer.json": _, ...bare } = fixtureFiles("helium-sharded/causal");
    test.hub.push("acme/bare", bare);
    expect(await run(["convert", "acme/bare", output, "--force"])).toMatchObject({ code: 0 });
    expect(await run(["quantize", "acme/bare@main", output, "--format", "q8_0", "--force"])).toMatchObject({ code: 0 });
  });

  it("end with 1 and one line where it cannot be had", async () => {
    for (const argv of [
      ["pull", "acme/none"],
      ["generate", "--model", "acme/none", "x"],
      ["inspect", "acme/none"],
    ]) {
      const { code, out, err } = await run(argv);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(
        /^acme\/none@main: is not on the hub \(404\); check its name and that the token may read it\n$/,
      );
    }
    test.hub.push("acme/gated", { "config.json": "{}" });
    test.hub.gate("acme/gated", "hf_right");
    expect((await run(["pull", "acme/gated"])).err).toMatch(/cannot be read without its owner's consent \(403\)/);
    expect((await run(["pull", "acme/none"], { HF_HUB_OFFLINE: "1" })).err).toMatch(/is not in the cache/);
    expect((await run(["pull", "acme/none"], { HF_TOKEN: "two words" })).err).toMatch(
      /the token contains spaces or characters that are not allowed; check HF_TOKEN/,
    );
    expect(test.tree()).toEqual([]);
  });
});
