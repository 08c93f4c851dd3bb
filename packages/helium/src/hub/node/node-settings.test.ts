import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeBuiltins } from "./node-builtins.ts";
import { cacheFolder, isTrue, savedToken } from "./node-settings.ts";

const node = { ...(await nodeBuiltins()), homedir: () => "/home/u" };
const folder = mkdtempSync(join(tmpdir(), "helium-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the cache's folder, as Python's tools find it", () => {
  it.each<[Record<string, string>, string | undefined, string]>([
    [{}, undefined, "/home/u/.cache/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/x" }, undefined, "/x/huggingface/hub"],
    [{ HF_HOME: "~/hf", XDG_CACHE_HOME: "/x" }, undefined, "/home/u/hf/hub"],
    [{ HF_HUB_CACHE: "$DATA/hub", DATA: "/data", HF_HOME: "/h" }, undefined, "/data/hub"],
    [{ HUGGINGFACE_HUB_CACHE: "/old" }, undefined, "/old"],
    [{ HF_HUB_CACHE: "", HF_HOME: "/h" }, undefined, "/h/hub"],
    [{ HF_HUB_CACHE: "/data" }, "/mine", "/mine"],
  ])("for %j and %s", (env, cacheDir, expected) => {
    expect(cacheFolder({ env, ...(cacheDir && { cacheDir }) }, node)).toBe(expected);
  });
});

describe("the token", () => {
  it("comes from the environment or a login", async () => {
    writeFileSync(join(folder, "token"), "hf_file\n");
    expect(await savedToken({ HF_HOME: folder, HF_TOKEN: " hf_env " }, node)).toBe("hf_env");
    expect(await savedToken({ HF_HOME: folder, HUGGING_FACE_HUB_TOKEN: "hf_old" }, node)).toBe("hf_old");
    expect(await savedToken({ HF_HOME: folder }, node)).toBe("hf_file");
    expect(await savedToken({ HF_TOKEN_PATH: join(folder, "token") }, node)).toBe("hf_file");
    expect(await savedToken({ HF_HOME: folder, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }, node)).toBeNull();
    expect(await savedToken({ HF_HOME: join(folder, "none") }, node)).toBeNull();
  });
});

it.each([
  ["1", true],
  ["on", true],
  ["YES", true],
  ["True", true],
  ["0", false],
  ["", false],
  [undefined, false],
])("the switch %j is %s", (value, expected) => expect(isTrue(value)).toBe(expected));
