import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HubIntegrityError, HubStorageError, parseHubId, pullModel, readText } from "@helium-lm/helium";
import { removeFromCache } from "../../src/hub/cache.ts";
import { hashOf } from "../../../../testing/hub/fake-hub.ts";
import { weights } from "../../../../testing/hub/files.ts";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "./use-hub.ts";

const test = useHub();
const name = "model.safetensors";
const bytes = weights(3000);

/** What lies outside of the cache, and is the user's. */
let outside = "";
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "helium-outside-"));
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const mine = (file: string): string => {
  const path = join(outside, file);
  writeFileSync(path, "mine");
  return path;
};
const pull = (id = repo): ReturnType<typeof pullModel> => pullModel(parseHubId(id)!, test.options());
const remove = (id: string): Promise<number> => removeFromCache(parseHubId(id)!, { cacheDir: test.cacheDir });
const inRepo = (...names: readonly string[]): string => join(test.folder, ...names);

/** Two revisions in the cache; gives their commits, the older first. */
async function twoRevisions(): Promise<readonly [string, string]> {
  const first = test.hub.push(repo, { "config.json": "{}", [name]: bytes });
  await pull();
  const second = test.hub.push(repo, { "config.json": "[]", [name]: bytes, "x.txt": "" });
  await pull();
  return [first, second];
}

describe.skipIf(process.platform === "win32")("removing from the cache leaves alone what is elsewhere", () => {
  it("a file that a stray link in blobs leads to", async () => {
    const [first] = await twoRevisions();
    const file = mine("thesis.txt");
    symlinkSync(file, inRepo("blobs", "f".repeat(40)));
    expect(await remove(`${repo}@${first}`)).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(existsSync(inRepo("blobs", "f".repeat(40)))).toBe(false);
  });

  it("blobs that were moved to another disk", async () => {
    const [first, second] = await twoRevisions();
    const small = hashOf(test.hub.file(repo, first, "config.json"));
    const large = hashOf(test.hub.file(repo, first, name));
    for (const hash of [small, large]) {
      renameSync(inRepo("blobs", hash), join(outside, hash));
      symlinkSync(join(outside, hash), inRepo("blobs", hash));
    }
    expect(await remove(`${repo}@${first}`)).toBe(0);
    expect(readFileSync(join(outside, small), "utf8")).toBe("{}");
    // What the other revision has stays, the link included.
    expect(new Uint8Array(readFileSync(inRepo("snapshots", second, name)))).toEqual(bytes);
    expect(await remove(repo)).toBe(2);
    expect(new Uint8Array(readFileSync(join(outside, large)))).toEqual(bytes);
  });

  it("folders that links lead to: of blobs, refs, absences, and of the repository", async () => {
    const [first] = await twoRevisions();
    for (const folder of ["refs", ".no_exist", "blobs"]) {
      rmSync(join(outside, folder), { recursive: true, force: true });
      renameSync(inRepo(folder), join(outside, folder));
      symlinkSync(join(outside, folder), inRepo(folder));
    }
    writeFileSync(join(outside, "refs", "old"), first);
    writeFileSync(join(outside, "blobs", "notes.txt"), "mine");
    await remove(`${repo}@${first}`);
    expect(readFileSync(join(outside, "refs", "old"), "utf8")).toBe(first);
    expect(existsSync(join(outside, ".no_exist", first))).toBe(true);
    expect(readFileSync(join(outside, "blobs", "notes.txt"), "utf8")).toBe("mine");
    const moved = join(outside, "whole");
    renameSync(test.folder, moved);
    symlinkSync(moved, test.folder);
    expect(await remove(repo)).toBe(0);
    expect(existsSync(test.folder)).toBe(false);
    expect(existsSync(join(moved, "snapshots"))).toBe(true);
  });

  it("and removes no revision of a repository that is a link itself", async () => {
    const [first] = await twoRevisions();
    renameSync(test.folder, join(outside, "whole"));
    symlinkSync(join(outside, "whole"), test.folder);
    await expect(remove(`${repo}@${first}`)).rejects.toThrow(/is a link to .*; remove the whole model/);
    expect(existsSync(join(outside, "whole", "snapshots", first))).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("fetching writes through no link", () => {
  it.each([
    ["the unfinished file", ".helium.incomplete", symlinkSync],
    ["the tag of the unfinished file", ".helium.incomplete.etag", symlinkSync],
    ["the content", "", symlinkSync],
    ["the unfinished file, by a second name", ".helium.incomplete", linkSync],
  ])("at %s", async (_, end, link) => {
    const commit = test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    const file = mine("thesis.txt");
    mkdirSync(inRepo("blobs"), { recursive: true });
    link(file, inRepo("blobs", `${hashOf(test.hub.file(repo, commit, name))}${end}`));
    await pull();
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(new Uint8Array(readFileSync(inRepo("snapshots", commit, name)))).toEqual(bytes);
  });

  it("at the mark of a file that is not there", async () => {
    const commit = test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    const file = mine("thesis.txt");
    mkdirSync(inRepo(".no_exist", commit), { recursive: true });
    // One that leads nowhere is found by no look-up, and would make the file.
    for (const [marker, target] of [
      ["tokenizer.json", join(outside, "new.txt")],
      ["chat_template.jinja", file],
    ] as const)
      symlinkSync(target, inRepo(".no_exist", commit, marker));
    await pull();
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(existsSync(join(outside, "new.txt"))).toBe(false);
  });

  it("at the lock, which is refused", async () => {
    const commit = test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    const locks = join(test.cacheDir, ".locks", "models--acme--tiny");
    mkdirSync(locks, { recursive: true });
    const lock = join(locks, `${hashOf(test.hub.file(repo, commit, "config.json"))}.helium.lock`);
    symlinkSync(mine("thesis.txt"), lock);
    await expect(pull()).rejects.toThrow(HubStorageError);
    await expect(pull()).rejects.toThrow(/\.helium\.lock: is a link where a lock file belongs; remove it/);
    expect(readFileSync(join(outside, "thesis.txt"), "utf8")).toBe("mine");
  });
});

describe("verifying", () => {
  it("hashes what the cache has once more, and fetches again what is damaged", async () => {
    const commit = test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    await pull();
    const blob = inRepo("blobs", hashOf(test.hub.file(repo, commit, name)));
    const damaged = Uint8Array.from(bytes, (byte, i) => (i === 2000 ? byte ^ 1 : byte));
    writeFileSync(blob, damaged);
    // Without being asked a file of the right length is taken as it is.
    await pull();
    expect(new Uint8Array(readFileSync(blob))).toEqual(damaged);
    const notices: string[] = [];
    const options = { ...test.options(), verify: true };
    await expect(pullModel(parseHubId(repo)!, { ...options, localFilesOnly: true })).rejects.toThrow(HubIntegrityError);
    await expect(pullModel(parseHubId(repo)!, { ...options, localFilesOnly: true })).rejects.toThrow(
      /model\.safetensors: is damaged in the cache: it has sha256 .*; fetch it again with the network/,
    );
    await pullModel(parseHubId(repo)!, { ...options, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([expect.stringMatching(/is damaged in the cache: .*; downloading it again/)]);
    expect(new Uint8Array(readFileSync(blob))).toEqual(bytes);
    const before = test.hub.fetches(name).length;
    const whole = await pullModel(parseHubId(`${repo}@${commit}`)!, options);
    expect(whole.fetched).toEqual({ files: 0, bytes: 0 });
    expect(test.hub.fetches(name)).toHaveLength(before);
    // A small file is kept under git's hash.
    writeFileSync(inRepo("blobs", hashOf(test.hub.file(repo, commit, "config.json"))), "[]");
    await pullModel(parseHubId(`${repo}@${commit}`)!, options);
    expect(readFileSync(inRepo("snapshots", commit, "config.json"), "utf8")).toBe("{}");
  });
});

describe("long names", () => {
  it("of 255 bytes are kept, and of more are refused for what they are", async () => {
    const long = `${"é".repeat(122)}${"x".repeat(6)}.json`;
    const tooLong = `${"x".repeat(251)}.json`;
    expect(Buffer.byteLength(long)).toBe(255);
    const commit = test.hub.push(repo, { "config.json": "{}", [long]: "[1]", [tooLong]: "[2]" });
    const files = await test.files();
    expect(await readText(files, long)).toBe("[1]");
    expect(lstatSync(inRepo("snapshots", commit, long)).isSymbolicLink()).toBe(true);
    await expect(readText(files, tooLong)).rejects.toThrow(/the name is too long for this file system/);
  });
});

describe("a listing that is no listing", () => {
  it.each<[string, unknown]>([
    ["null", null],
    ["a number", 5],
    ["a text", "config.json"],
    ["a list", []],
    ["an object without a name", { size: 2 }],
    ["one whose storage is a number", { rfilename: "config.json", size: 2, lfs: 5 }],
    ["one of an impossible size", { rfilename: "config.json", size: 1e400, blobId: "a".repeat(40) }],
  ])("with %s among its files has no such file", async (_, sibling) => {
    test.hub.faults = [
      ({ path }, response) =>
        path.startsWith("/api/") && !!response.end(JSON.stringify({ sha: "a".repeat(40), siblings: [sibling] })),
    ];
    expect(await readText(await test.files(`${repo}@${"a".repeat(40)}`), "config.json")).toBeNull();
  });

  it.each([
    ["in many files", (): string => "{},"],
    ["in one string", (): string => "x".repeat(1000)],
  ])("that does not end, %s, is refused", async (how, piece) => {
    let sent = 0;
    test.hub.faults = [
      ({ path }, response) => {
        if (!path.startsWith("/api/")) return false;
        response.write(`{"sha":"${"a".repeat(40)}","siblings":[${how === "in one string" ? '"' : ""}`);
        const chunk = piece().repeat(2 ** 20 / piece().length);
        const more = (): void => {
          while (!response.destroyed && sent < 2 ** 28) {
            sent += chunk.length;
            if (!response.write(chunk)) return void response.once("drain", more);
          }
          response.end();
        };
        more();
        return true;
      },
    ];
    const attempt = test.files();
    await expect(attempt).rejects.toThrow(HubIntegrityError);
    await expect(attempt).rejects.toThrow(
      /answers with \d+ bytes in \d+ lists and objects, which is not a list of files/,
    );
    expect(sent).toBeLessThan(2 ** 27);
  });
});
