import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { modelEntry, ModelServer } from "@helium-lm/serve";
import { listen } from "@helium-lm/serve/node";
import { run } from "../src/index.ts";
import { bundleForNode } from "../../../testing/bundle-for-node.ts";
import { root } from "../../../testing/repository.ts";
import { capturedIo } from "./captured-io.ts";

const readme = readFileSync(`${root}README.md`, "utf8");

/** The content of the fenced blocks of a language. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code = ""]) => code);

/** A folder of its own below a package, which finds what that depends on; `bundleForNode` removes old ones. */
function folderBelow(packageName: string): string {
  const cache = `${root}packages/${packageName}/.cache/test`;
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(`${cache}/readme-`);
}

it("has a library example of ten lines that runs from the root and writes what transformers writes", async () => {
  const [example = "", ...others] = blocks("ts");
  expect(others).toEqual([]);
  expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
  const folder = folderBelow("helium");
  writeFileSync(`${folder}/readme.ts`, example);
  const program = await bundleForNode(`${folder}/readme.ts`, "esm");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { cwd: root, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { greedy } = JSON.parse(readFileSync(`${root}models/helium-nano/expected.json`, "utf8")) as {
    readonly greedy: readonly { readonly prompt: string; readonly text: string }[];
  };
  expect(stdout).toBe(`${greedy.find(({ prompt }) => prompt === "Pour installer le système,")!.text}\n`);
});

const commands = blocks("sh")
  .flatMap((block) => block.split("\n"))
  .filter((line) => line.startsWith("npx helium-lm "));

it.each(commands)("shows a command that works: %s", async (line) => {
  const words = [...line.replace(/ # .*/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(([, text, word]) => text ?? word!);
  const redirection = words.indexOf("<");
  const argv = words.slice(2, redirection < 0 ? undefined : redirection);
  const io = capturedIo(redirection < 0 ? {} : { stdin: ["Il était une fois\n"] });
  expect({ code: await run(argv, io), err: io.err().startsWith("helium") }).toEqual({ code: 0, err: false });
  expect(io.out().length).toBeGreaterThan(20);
});

it("shows a client of the server that works", async () => {
  const [example = ""] = blocks("js");
  const models = [modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 1 })];
  using server = new ModelServer({ models });
  const listening = await listen(server, { port: 0 });
  try {
    const folder = folderBelow("cli");
    const program = example.replaceAll("http://127.0.0.1:8000", listening.url);
    expect(program).not.toBe(example);
    writeFileSync(`${folder}/client.mjs`, program);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${folder}/client.mjs`]);
    expect({ stderr, hasText: stdout.trim().length > 0 }).toEqual({ stderr: "", hasText: true });
  } finally {
    await listening.close();
  }
});

it("shows commands", () => {
  expect(commands.length).toBeGreaterThanOrEqual(4);
});
