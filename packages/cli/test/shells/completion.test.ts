import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { programs } from "../../src/completion/completion-data.ts";
import { optionName } from "../../src/options/option-table.ts";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { root } from "../../../../testing/repository.ts";
import { helium } from "../run-helium.ts";
import { openShells, type CompletingShell, type ShellName } from "./completing-shells.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-completion-"));
const env: Record<string, string> = {
  ...{ PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`, HOME: folder, TERM: "xterm", PS1: "$ ", LC_ALL: "C.UTF-8" },
  ...{ HF_HOME: `${folder}/hf`, XDG_CONFIG_HOME: `${folder}/config`, INPUTRC: "/dev/null", COLUMNS: "20000" },
  // A shell that ends keeps nothing, which would come into a folder that is being removed.
  HISTFILE: "/dev/null",
};

/** A model in the cache of the hub; no file of it is needed for its name. */
function cached(repo: string): void {
  const at = join(folder, "hf", "hub", `models--${repo.replace("/", "--")}`);
  mkdirSync(join(at, "refs"), { recursive: true });
  mkdirSync(join(at, "snapshots", "a".repeat(40)), { recursive: true });
  writeFileSync(join(at, "refs", "main"), "a".repeat(40));
  writeFileSync(join(at, "snapshots", "a".repeat(40), "config.json"), "{}");
}

/** What the program says of models. */
let names = "";
beforeAll(async () => {
  const program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
  for (const repo of ["acme/tiny", "acme/big", "other/model"]) cached(repo);
  names = execFileSync(process.execPath, [program, "models", "--names"], { env, encoding: "utf8" });
  expect(names).toMatch(/^acme\/big\nacme\/tiny\nother\/model\nhelium-nano\n/);
  writeFileSync(join(folder, "names"), names);
  mkdirSync(join(folder, "bin"));
  // Names are asked for at every key, and take the program a moment.
  const script = `#!/bin/sh\n[ "$*" = "models --names" ] && exec cat ${folder}/names\nexec ${process.execPath} ${program} "$@"\n`;
  for (const name of programs) writeFileSync(join(folder, "bin", name), script, { mode: 0o755 });
  writeFileSync(join(folder, "prompt one.txt"), "");
  writeFileSync(join(folder, "answers.gguf"), "");
  mkdirSync(join(folder, "data"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isHere = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

describe.each<ShellName>(["bash", "zsh", "zsh, from a file", "fish"])("in %s", (name) => {
  const [program = ""] = name.split(",");
  const missing = [program, ...(name === "fish" ? [] : ["script"])].filter((needed) => !isHere(needed));
  if (missing.length > 0) {
    const said = `${missing.join(" and ")} is missing`;
    if (process.env["CI"]) throw new Error(`${said}; .ci/run installs it`);
    it.skip(`${said}: not tested`, () => undefined);
    return;
  }

  let shell: CompletingShell;
  beforeAll(async () => {
    shell = await openShells[name](folder, env);
  });
  afterAll(() => shell.close());
  const offers = async (line: string): Promise<string[]> => [...(await shell.offers(line))].sort();

  it("completes commands", async () => {
    expect(await offers("helium ch")).toEqual(["chat"]);
    expect(await offers("helium ")).toEqual(expect.arrayContaining(Object.keys(commands)));
    expect(await offers("helium-lm inspe")).toEqual(["inspect"]);
    expect(await offers("helium help qua")).toEqual(["quantize"]);
    expect(await offers("helium completion ")).toEqual(["bash", "fish", "zsh"]);
  });

  // The script is the same.
  if (name === "zsh, from a file") return;

  it.each(["chat", "bench", "serve"])("completes all options of %s", async (command) => {
    const expected = Object.keys(commands[command]!.options).map(optionName);
    expect((await offers(`helium ${command} --`)).map((word) => word.replace(/=$/, ""))).toEqual(
      expect.arrayContaining(expected),
    );
    expect(await offers(`helium ${command} --bogus`)).toEqual([]);
  });

  it("completes options of the command alone, and no command in its place", async () => {
    expect((await offers("helium chat --tem")).map((word) => word.replace(/=$/, ""))).toEqual(["--temperature"]);
    expect(await offers("helium classify --tem")).toEqual([]);
    expect(await offers("helium generate tag --pool")).toEqual([]);
  });

  it("completes the values of options", async () => {
    expect(await offers("helium chat --backend ")).toEqual(["auto", "cpu", "gpujs", "reference", "wasm", "webgpu"]);
    expect(await offers("helium chat --backend wa")).toEqual(["wasm"]);
    expect(await offers("helium embed --pooling m")).toEqual(["mean"]);
    expect((await offers("helium embed --pooling=la")).map((word) => word.replace("--pooling=", ""))).toEqual(["last"]);
    expect(await offers("helium chat --temperature ")).toEqual([]);
  });

  it("completes the last of several values", async () => {
    expect((await offers("helium eval --languages en,d")).map((word) => word.replace(/,$/, ""))).toEqual(["en,de"]);
    const all = await offers("helium eval --languages ");
    expect(all.map((word) => word.replace(/,$/, ""))).toEqual(expect.arrayContaining(["de", "en", "pt"]));
  });

  it("expands nothing of a name", async () => {
    writeFileSync(join(folder, "names"), `${names}evil/$(touch${"$"}{IFS}expanded)\n`);
    await offers("helium rm evil/");
    writeFileSync(join(folder, "names"), names);
    expect(existsSync(join(folder, "expanded"))).toBe(false);
  });

  it("completes names of models where they are operands", async () => {
    expect(await offers("helium inspect acme/t")).toEqual(["acme/tiny"]);
    expect(await offers("helium inspect helium-nano-l")).toEqual(["helium-nano-langid"]);
    expect(await offers("helium chat --model oth")).toEqual(["other/model"]);
    expect(await offers("helium inspect --all acme/b")).toEqual(["acme/big"]);
    expect(await offers("helium inspect --backend cpu acme/b")).toEqual(["acme/big"]);
  });

  it("completes cached models alone where only they can be meant", async () => {
    expect(await offers("helium rm ")).toEqual(["acme/big", "acme/tiny", "other/model"]);
    expect(await offers("helium rm ans")).toEqual([]);
  });

  it("completes files and folders", async () => {
    expect(await offers("helium inspect ans")).toEqual(["answers.gguf"]);
    expect(await offers("helium generate --json-schema ans")).toEqual(["answers.gguf"]);
    expect((await offers("helium eval --data d")).map((word) => word.replace(/\/$/, ""))).toEqual(["data"]);
    expect(await offers("helium eval --data ans")).toEqual([]);
    expect(await offers("helium convert helium-nano ans")).toEqual(["answers.gguf"]);
  });
});

describe("helium completion", () => {
  it.each([[[]], [["tcsh"]], [["bash", "zsh"]]])("refuses %j", async (argv) => {
    const { code, err } = await helium(["completion", ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(/^helium completion: takes one of bash, zsh, fish; given /);
  });
});
