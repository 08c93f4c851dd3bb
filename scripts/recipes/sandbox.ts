import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Copy, Insertion, Recipe } from "./recipe.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Folders that toys read and never change. */
const shared = ["models", "fixtures"];

/** A copy of the sources below the repository, where node_modules is found as ever. */
export class Sandbox {
  readonly folder = `${root}.cache/recipes/`;
  readonly #before = new Map<string, string | null>();

  constructor() {
    rmSync(this.folder, { recursive: true, force: true });
    const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
    for (const file of listed.stdout.split("\n")) {
      if (file === "" || shared.includes(file.split("/")[0] ?? "") || !existsSync(root + file)) continue;
      mkdirSync(dirname(this.folder + file), { recursive: true });
      cpSync(root + file, this.folder + file);
    }
    for (const name of shared) symlinkSync(root + name, this.folder + name);
  }

  /** Adds a toy and its test; the paths of its sources. @throws Error where a registration has no place */
  apply({ adds, edits, writes = {}, test }: Recipe): readonly string[] {
    for (const [path, content] of Object.entries(adds)) this.#write(path, this.#textOf(content));
    for (const [path, insertions] of Object.entries(edits))
      this.#write(path, insertions.reduce(insert, this.#read(path)));
    for (const [path, script] of Object.entries(writes)) {
      this.#write(path, this.#read(path));
      const said = this.run("node", ...script.split(" "));
      if (said !== null) throw new Error(`${script} failed: ${said}`);
    }
    const [first = ""] = Object.keys(adds);
    this.#write(join(dirname(first), "toy.test.ts"), test);
    return [...Object.keys(adds), ...Object.keys(edits)];
  }

  /** As before `apply`. */
  undo(): void {
    for (const [path, text] of this.#before) {
      if (text === null) rmSync(this.folder + path);
      else writeFileSync(this.folder + path, text);
    }
    this.#before.clear();
  }

  /** Runs a tool of the repository; what it said where it failed, else null. */
  run(command: string, ...args: readonly string[]): string | null {
    const { status, stdout, stderr } = spawnSync(`${root}node_modules/.bin/${command}`, args, {
      ...{ cwd: this.folder, encoding: "utf8", shell: process.platform === "win32" },
    });
    return status === 0 ? null : stdout + stderr;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(path: string): string {
    return readFileSync(this.folder + path, "utf8");
  }

  #write(path: string, text: string): void {
    if (!this.#before.has(path)) this.#before.set(path, existsSync(this.folder + path) ? this.#read(path) : null);
    mkdirSync(dirname(this.folder + path), { recursive: true });
    writeFileSync(this.folder + path, text);
  }

  #textOf(content: string | Copy): string {
    if (typeof content === "string") return content;
    return content.replace.reduce((text, [old, by]) => text.replaceAll(old, by), this.#read(content.of));
  }
}

function insert(text: string, insertion: Insertion): string {
  const mark = "before" in insertion ? insertion.before : insertion.in;
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.includes(mark));
  const line = lines[at];
  if (line === undefined) throw new Error(`no line has ${JSON.stringify(mark)}, where the registration goes`);
  const changed =
    "before" in insertion ? `${insertion.text}\n${line}` : line.replace(insertion.replace, insertion.text);
  return lines.with(at, changed).join("\n");
}
