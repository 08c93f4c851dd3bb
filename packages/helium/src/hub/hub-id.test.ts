import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHubId, isSafePath, parseHubId } from "./hub-id.ts";

describe("parseHubId", () => {
  it.each([
    ["kyutai/helium-1-preview-2b", { repo: "kyutai/helium-1-preview-2b" }],
    ["a/b.c_d@v1.0", { repo: "a/b.c_d", revision: "v1.0" }],
    ["a/b@refs/pr/3", { repo: "a/b", revision: "refs/pr/3" }],
    ["a/b:x.Q4_K_M.gguf", { repo: "a/b", file: "x.Q4_K_M.gguf" }],
    ["a/b@main:sub/x.gguf", { repo: "a/b", revision: "main", file: "sub/x.gguf" }],
  ])("reads %s", (text, id) => {
    expect(parseHubId(text)).toEqual(id);
    expect(formatHubId(id)).toBe(text);
  });

  it.each([
    ...["", "name", "a/b/c", "./a/b", "../a", "/a/b", "~/a", "a/", "/a", "a//b", "C:/models", "C:\\a\\b", "a b/c"],
    ...["https://x.org/a", "file:a/b", "a/b.gguf", "a/model.safetensors", "a/config.json", "a/b--c", "a/..", "a/b..c"],
    ...["a/b@", "a/b:", "a/b@../x", "a/b:../x.gguf", "a/b:/x.gguf", "a/b@x@y", "a/b:x y", "a/b.", ".a/b", "-a/b"],
  ])("leaves %j to others", (text) => {
    expect(parseHubId(text)).toBeNull();
  });

  it("gives parts that stay in their folder, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab./@:\\- ~\u0000C") }), (text) => {
        const id = parseHubId(text);
        if (id === null) return;
        expect(formatHubId(id)).toBe(text);
        for (const part of [id.repo, id.revision, id.file]) if (part !== undefined) expect(isSafePath(part)).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});

it.each(["..", "a/..", "../a", "/a", "a//b", "a\\b", "C:x", "a\u0000b", ".", "a/.", "", "x".repeat(2000)])(
  "%j is no path inside a folder",
  (path) => expect(isSafePath(path)).toBe(false),
);
