import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleForNode } from "../../../testing/bundle-for-node.ts";
import { sendingItself, type OwnSignal } from "../../../testing/own-signal/own-signal.ts";
import { root } from "../../../testing/repository.ts";
import { fixturePath } from "../../../testing/fixtures.ts";

const source = `${root}packages/cli/src/main.ts`;
const { greedy } = JSON.parse(readFileSync(`${root}models/helium-nano/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly prompt: string; readonly text: string }[];
};
const { prompt, text } = greedy[1]!;

let program = "";
beforeAll(async () => {
  program = await bundleForNode(source, "esm");
});

const helium = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [program, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What becomes of a process that sends itself a signal; `input` goes to its stdin, which stays open. */
function signalled(when: OwnSignal, args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...sendingItself(when), program, ...args]);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.write(input);
  });
}

describe("helium as a process", () => {
  it("generates and exits with 0", () => {
    const { status, stdout, stderr } = helium("generate", prompt, "--max-new-tokens", "32");
    expect(stderr).toMatch(/^32 tokens in /);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${text}\n` });
  });

  it("exits with 2 and one line for a wrong command line, with 1 for a model that is not there", () => {
    const wrong = helium("generate", "--no-such-option");
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/^helium generate: [^\n]+\n$/);
    const missing = helium("inspect", "no/such/folder");
    expect(missing).toMatchObject({ status: 1, stdout: "" });
    expect(missing.stderr).toMatch(/^no\/such\/folder: [^\n]+\n$/);
  });

  it("runs from the CommonJS build too", async () => {
    const cjs = await bundleForNode(source, "cjs");
    const inspected = spawnSync(process.execPath, [cjs, "inspect"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(inspected).toMatchObject({ status: 0, stderr: "" });
    expect(inspected.stdout).toContain("7,965,952");
  });

  it("stops in good order at Ctrl-C while it writes", async () => {
    const args = ["generate", prompt, "--ignore-eos", "--max-new-tokens", "900"];
    const when = { signal: "SIGINT", to: "stdout", bytes: Buffer.byteLength(`${prompt} wählen`) } as const;
    // A prompt as operand: the open stdin is not waited for.
    const { code, stdout, stderr } = await signalled(when, args);
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    expect(stdout.startsWith(`${prompt} wählen`)).toBe(true);
    expect(stdout.endsWith("\n")).toBe(true);
  });

  it("takes lines as they come, and stops at Ctrl-C while it waits for more", async () => {
    const when = { signal: "SIGINT", to: "stdout", bytes: 1 } as const;
    const ended = await signalled(when, ["classify"], "Wo ist der Bahnhof?\n");
    expect(ended).toMatchObject({ code: 130, stderr: "" });
    expect(ended.stdout).toMatch(/^de .*\tWo ist der Bahnhof\?\n$/);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGKILL", null],
  ] as const)("leaves nothing that stays of what %s ends while it writes", async (signal, expected) => {
    const folder = mkdtempSync(join(tmpdir(), "helium-signal-"));
    const temporary = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".tmp"));
    const args = ["quantize", "helium-nano", join(folder, "out.gguf"), "--format", "q4_0"];
    const { code } = await signalled({ signal, to: ".tmp", bytes: 100_000 }, args);
    expect(code).toBe(expected);
    // Nobody can do anything about SIGKILL; the next run does.
    expect(temporary()).toHaveLength(signal === "SIGKILL" ? 1 : 0);
    const again = ["quantize", fixturePath("models/llama/causal"), join(folder, "out.gguf"), "--format", "q8_0"];
    if (signal === "SIGKILL") expect(helium(...again)).toMatchObject({ status: 0 });
    expect(readdirSync(folder)).toEqual(signal === "SIGKILL" ? ["out.gguf"] : []);
    rmSync(folder, { recursive: true });
  });

  it("is quiet when its reader has enough", async () => {
    const child = spawn(process.execPath, [program, "generate", prompt, "--max-new-tokens", "300"]);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise<number | null>((resolve) => child.on("close", (status) => resolve(status)));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("a Ctrl-C stops an answer of chat, and the next message is read", async () => {
    const args = ["chat", "--greedy", "--max-new-tokens", "800", "--backend", "cpu"];
    const when = { signal: "SIGINT", to: "stdout", bytes: 20 } as const;
    const { code, stdout } = await signalled(when, args, `${prompt}\n/exit\n`);
    expect(code).toBe(0);
    // 800 tokens would be some thousand characters.
    expect(stdout.length).toBeLessThan(1500);
  });
});
