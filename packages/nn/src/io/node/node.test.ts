import { execFileSync, spawn } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
  copyFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ByteSourceError, CheckpointError, SafetensorsError } from "../../errors.ts";
import {
  createAtomicFile,
  fileNames,
  nodeFileSource,
  openInside,
  openSafetensors,
  ownProcessMark,
  writeFileAtomically,
  writeSafetensorsFile,
  writeSafetensorsFolder,
} from "./index.ts";
import { SafetensorsFile } from "../safetensors/safetensors-reader.ts";
import type { TensorToWrite } from "../safetensors/safetensors-writer.ts";

const models = fileURLToPath(new URL("../../../../../fixtures/models/", import.meta.url));
const tensor = (name: string, size = 4, fill = 1): TensorToWrite => ({
  name,
  dtype: "u8",
  shape: [size],
  bytes: new Uint8Array(size).fill(fill),
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "helium-io-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("lists a folder, and nothing where there is none", async () => {
  await writeFile(join(folder, "a.gguf"), "");
  expect(await fileNames(folder)).toEqual(["a.gguf"]);
  expect(await fileNames(join(folder, "absent"))).toEqual([]);
});

describe("nodeFileSource", () => {
  it("reads ranges", async () => {
    const path = join(folder, "f");
    await writeFile(path, "0123456789");
    const source = await nodeFileSource(path);
    expect(source).toMatchObject({ name: path, size: 10 });
    expect(Buffer.from(await source.read(3, 4)).toString()).toBe("3456");
    expect(await source.read(10, 0)).toHaveLength(0);
    await expect(source.read(8, 3)).rejects.toThrow(/has no bytes 8 … 11; it holds 10/);
    await expect(source.read(-1, 1)).rejects.toBeInstanceOf(ByteSourceError);
    await expect(source.read(0.5, 1)).rejects.toBeInstanceOf(ByteSourceError);
    await source.close();
    await source.close();
    await expect(source.read(0, 1)).rejects.toThrow(/was closed/);
  });

  it("names a missing file, a folder and a pipe", async () => {
    await expect(nodeFileSource(join(folder, "none"))).rejects.toThrow(/none: cannot be opened \(ENOENT/);
    await expect(nodeFileSource(folder)).rejects.toThrow(/is a folder; name a file/);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(nodeFileSource(pipe)).rejects.toThrow(/is not a regular file/);
  });

  it("notices a file that shrinks while it is read", async () => {
    const path = join(folder, "model.safetensors");
    await copyFile(join(models, "helium/causal/model.safetensors"), path);
    const file = await SafetensorsFile.open(await nodeFileSource(path));
    const last = file.names().at(-1)!;
    await truncate(path, file.entry(last).end - 10);
    const read = file.readBytes(last);
    await expect(read).rejects.toBeInstanceOf(ByteSourceError);
    await expect(read).rejects.toThrow(/model.safetensors: gave \d+ of \d+ bytes at \d+: it was truncated or changed/);
    await file.close();
  });

  it("notices a file that was cut before", async () => {
    const path = join(folder, "model.safetensors");
    await copyFile(join(models, "helium/causal/model.safetensors"), path);
    for (const size of [0, 7, 8, 1000, 300_000]) {
      await truncate(path, size);
      await expect(openSafetensors(path)).rejects.toBeInstanceOf(SafetensorsError);
    }
  });
});

describe("openSafetensors", () => {
  it.each([
    "helium/causal",
    "helium-sharded/causal",
    "helium-sharded/causal/model.safetensors.index.json",
    "helium/causal/model.safetensors",
  ])("opens %s", async (path) => {
    const reader = await openSafetensors(join(models, path));
    expect(reader.names()).toHaveLength(30);
    expect(await reader.readBytes("model.norm.weight")).toHaveLength(256);
    await reader.close();
  });

  it("names a missing path, a folder without weights and a missing shard", async () => {
    await expect(openSafetensors(join(folder, "none"))).rejects.toThrow(/none: cannot be opened.*check the path/);
    await expect(openSafetensors(folder)).rejects.toThrow(
      /holds neither model.safetensors nor model.safetensors.index.json/,
    );
    await copyFile(
      join(models, "helium-sharded/causal/model.safetensors.index.json"),
      join(folder, "model.safetensors.index.json"),
    );
    const attempt = openSafetensors(folder);
    await expect(attempt).rejects.toBeInstanceOf(SafetensorsError);
    await expect(attempt).rejects.toThrow(
      /model.safetensors.index.json: shard "model-0000\d-of-00003.safetensors" cannot be used/,
    );
  });

  it("follows links that stay, or lead to a hub cache's blobs, and no others", async () => {
    const blobs = join(folder, "repository/blobs");
    const snapshot = join(folder, "repository/snapshots/abc");
    const plain = join(folder, "plain");
    for (const path of [blobs, snapshot, plain]) await mkdir(path, { recursive: true });
    await writeSafetensorsFile(join(blobs, "hash"), [tensor("a")]);
    await symlink("../../blobs/hash", join(snapshot, "model.safetensors"));
    await symlink("../repository/blobs/hash", join(plain, "model.safetensors"));
    const reader = await openSafetensors(snapshot);
    expect(reader.names()).toEqual(["a"]);
    await reader.close();
    await expect(openSafetensors(plain)).rejects.toThrow(/is a link that leads out of its folder/);
    await expect(openInside(plain, "model.safetensors")).rejects.toThrow(/is a link that leads out of its folder/);
    const named = await openSafetensors(join(plain, "model.safetensors"));
    await named.close();
  });
});

describe("writing", () => {
  it("writes one file and several, and reads them back", async () => {
    const tensors = ["a", "b", "c"].map((name, i) => tensor(name, 4, i));
    expect(await writeSafetensorsFolder(folder, tensors, { maxShardSize: 8 })).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "model.safetensors.index.json",
    ]);
    const sharded = await openSafetensors(folder);
    for (const { name, bytes } of tensors) expect(await sharded.readBytes(name)).toEqual(bytes);
    // Written over the very files that are being read.
    const again = tensors.map((t) => ({ ...t, bytes: () => sharded.readBytes(t.name) }));
    expect(await writeSafetensorsFolder(folder, again)).toEqual(["model.safetensors"]);
    await sharded.close();
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
    const single = await openSafetensors(folder);
    for (const { name, bytes } of tensors) expect(await single.readBytes(name)).toEqual(bytes);
    await single.close();
  });

  it("leaves the old files alone and no temporary one when a tensor fails", async () => {
    await writeFile(join(folder, "config.json"), "{}");
    await writeSafetensorsFolder(folder, [tensor("a")]);
    const before = await readFile(join(folder, "model.safetensors"));
    const broken: TensorToWrite = { ...tensor("c"), bytes: () => Promise.reject(new Error("gone")) };
    await expect(
      writeSafetensorsFolder(folder, [tensor("a"), tensor("b"), broken], { maxShardSize: 4 }),
    ).rejects.toThrow("gone");
    await expect(writeSafetensorsFile(join(folder, "model.safetensors"), [tensor("a"), broken])).rejects.toThrow(
      "gone",
    );
    expect((await readdir(folder)).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await readFile(join(folder, "model.safetensors"))).toEqual(before);
  });

  it("names the path that cannot be written", async () => {
    const attempt = writeSafetensorsFile(join(folder, "no/such/place.safetensors"), []);
    await expect(attempt).rejects.toBeInstanceOf(CheckpointError);
    await expect(attempt).rejects.toThrow(/place.safetensors: cannot be written \(ENOENT/);
    await mkdir(join(folder, "taken"));
    await expect(writeSafetensorsFile(join(folder, "taken"), [])).rejects.toThrow(/taken: cannot be written/);
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it("removes what a process that was killed left, and nothing of one that lives", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const [machine, , start] = (await ownProcessMark()).split("-");
    const stat = start === "0" ? "" : await readFile(`/proc/${child.pid}/stat`, "utf8");
    const startOf = start === "0" ? "0" : stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const left = `model.gguf.${machine}-${child.pid}-${startOf}.0123abcd.tmp`;
    const others = [`model.gguf.0123456789ab-${child.pid}-1.0123abcd.tmp`, "notes.tmp"];
    for (const name of [left, ...others]) await writeFile(join(folder, name), "half");
    await writeFileAtomically(join(folder, "a"), (write) => write(new Uint8Array(1)));
    expect((await readdir(folder)).sort()).toEqual(["a", left, ...others].sort());
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    await writeFileAtomically(join(folder, "b"), (write) => write(new Uint8Array(1)));
    expect((await readdir(folder)).sort()).toEqual(["a", "b", ...others].sort());
    // What another machine has not touched for days is of nobody any more.
    const days = new Date(Date.now() - 3 * 86_400_000);
    await utimes(join(folder, others[0]!), days, days);
    await writeFileAtomically(join(folder, "b"), (write) => write(new Uint8Array(1)));
    expect((await readdir(folder)).sort()).toEqual(["a", "b", "notes.tmp"]);
  });

  it("takes names of 255 bytes, and says that longer ones are too long", async () => {
    const long = `${"é".repeat(125)}.json`;
    expect(Buffer.byteLength(long)).toBe(255);
    await writeFileAtomically(join(folder, long), (write) => write(new Uint8Array(1)));
    expect(await readdir(folder)).toEqual([long]);
    const tooLong = join(folder, "x".repeat(256));
    await expect(writeFileAtomically(tooLong, () => expect.unreachable("writes for nothing"))).rejects.toThrow(
      /cannot be written \(ENAMETOOLONG.*\); give a shorter name/,
    );
  });

  it("names a folder that cannot be created", async () => {
    await writeFile(join(folder, "file"), "");
    for (const [path, message] of [
      ["", /^folder: is ""; name the folder to write/],
      [join(folder, "file"), /file: cannot be written \(EEXIST.*\); a file is in the place of the folder/],
      [join(folder, "file", "below"), /below: cannot be written \(ENOTDIR.*\); a part of the path is a file/],
    ] as const) {
      const attempt = writeSafetensorsFolder(path, [tensor("a")]);
      await expect(attempt).rejects.toBeInstanceOf(CheckpointError);
      await expect(attempt).rejects.toThrow(message);
    }
  });

  it("shows an atomic file only once it is committed", async () => {
    const path = join(folder, "f");
    const file = await createAtomicFile(path);
    await file.write(new TextEncoder().encode("text"));
    expect(await readdir(folder)).not.toContain("f");
    await file.commit();
    await file.discard();
    expect(await readdir(folder)).toEqual(["f"]);
    expect(await readFile(path, "utf8")).toBe("text");
  });
});
