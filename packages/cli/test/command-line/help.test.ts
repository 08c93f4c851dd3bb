import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { commandGroups, commands } from "../../src/commands/index.ts";
import { exitCodes, run } from "../../src/index.ts";
import { root } from "../../../../testing/repository.ts";
import { capturedIo, type IoSetup } from "../captured-io.ts";
import { shellCommands } from "./shell-words.ts";

const { version } = JSON.parse(readFileSync(`${root}packages/cli/package.json`, "utf8")) as {
  readonly version: string;
};

async function printed(argv: readonly string[], setup: IoSetup = {}): Promise<string> {
  const io = capturedIo(setup);
  expect({ code: await run(argv, io), err: io.err() }).toEqual({ code: 0, err: "" });
  return io.out();
}

const names = Object.keys(commands);

describe("the overview", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("of %j has all commands in their groups", async (argv) => {
    const text = await printed(argv);
    for (const [heading, group] of Object.entries(commandGroups)) {
      const [, after = ""] = text.split(`\n${heading}:\n`);
      const list = after.split("\n\n")[0]!;
      const listed = [...list.matchAll(/^  (\S+)/gm)].map(([, name]) => name);
      expect(listed).toEqual(Object.keys(group));
    }
    for (const name of ["--model", "--backend", "--json"]) expect(text).toContain(name);
    for (const code of Object.values(exitCodes)) expect(text).toMatch(new RegExp(`^  ${code} +\\w`, "m"));
  });

  it.each([[["--version"]], [["-v"]], [["generate", "--version"]]])("prints the version for %j", async (argv) => {
    expect(await printed(argv)).toBe(`${version}\n`);
  });
});

describe.each(names)("help of %s", (name) => {
  const command = commands[name]!;

  it("is the same by --help, -h and helium help", async () => {
    const text = await printed([name, "--help"]);
    expect(text).toMatch(new RegExp(`^helium ${name} [\\s\\S]*?\\[options\\]\n\n`));
    expect(await printed([name, "-h"])).toBe(text);
    expect(await printed(["help", name])).toBe(text);
  });

  it("fits into 80 columns, and into a terminal that is narrower", async () => {
    const examples = command.examples.map(([line]) => `  ${line}`);
    const tooWide = (text: string, width: number): string[] =>
      // A word that is longer has a line of its own.
      text.split("\n").filter((line) => line.length > width && line.trim().includes(" ") && !examples.includes(line));
    expect(tooWide(await printed([name, "--help"]), 80)).toEqual([]);
    expect(examples.filter((line) => line.length > 80 && !line.includes("&&"))).toEqual([]);
    const narrow = await printed([name, "--help"], { isTTY: true, columns: 60 });
    expect(tooWide(narrow, 60)).toEqual([]);
    expect(await printed([name, "--help"], { isTTY: true, columns: 200 })).toBe(await printed([name, "--help"]));
  });

  it("names every option once, under a heading", async () => {
    const [, ...sections] = (await printed([name, "--help"])).split(/\n\n(?=[A-Z][\w ]*:\n)/);
    const listed = sections
      .flatMap((section) => [...section.matchAll(/^  (?:-\w, |    )--([\w-]+)/gm)])
      .map((m) => m[1]);
    const expected = Object.keys(command.options).map((key) => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`));
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });

  it("has two to five examples, which are command lines that can be read", () => {
    expect(command.examples.length).toBeGreaterThanOrEqual(2);
    expect(command.examples.length).toBeLessThanOrEqual(5);
    let ownLines = 0;
    for (const [line, does] of command.examples) {
      expect(does).not.toMatch(/[.:]$/);
      for (const { words } of shellCommands(line)) {
        const [program, given = "", ...argv] = words;
        if (program !== "helium") continue;
        if (given === name) ownLines++;
        expect(() => commands[given]!.read(argv)).not.toThrow();
      }
    }
    expect(ownLines).toBeGreaterThanOrEqual(command.examples.length);
  });
});

it("refuses what it cannot explain", async () => {
  const io = capturedIo();
  expect(await run(["help", "generat"], io)).toBe(exitCodes.usage);
  expect(io.err()).toMatch(/^helium: unknown command "generat"; .*; did you mean generate\?\n$/);
  const two = capturedIo();
  expect(await run(["help", "chat", "tag"], two)).toBe(exitCodes.usage);
});

it("needs little of the library", async () => {
  const { metafile } = await build({
    entryPoints: [`${root}packages/cli/src/main.ts`],
    ...{
      bundle: true,
      packages: "external",
      external: ["@helium-lm/*"],
      splitting: true,
      platform: "node",
      format: "esm",
    },
    ...{ write: false, metafile: true, outdir: "out" },
  });
  const seen = new Set<string>();
  const taken = new Set<string>();
  const visit = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path, kind, external } of metafile.outputs[output]!.imports) {
      if (kind !== "import-statement") continue;
      if (external) taken.add(path);
      else visit(path);
    }
  };
  visit("out/main.js");
  const ofLibrary = [...taken].filter((name) => !name.startsWith("node:"));
  expect(ofLibrary.sort()).toEqual([
    "@helium-lm/nn",
    "@helium-lm/tensor",
    "@helium-lm/tensor/backends/gpujs",
    "@helium-lm/tensor/quant",
  ]);
});
