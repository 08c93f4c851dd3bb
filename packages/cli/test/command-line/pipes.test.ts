import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes, run } from "../../src/index.ts";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { root } from "../../../../testing/repository.ts";
import { capturedIo, type IoSetup } from "../captured-io.ts";

const home = mkdtempSync(join(tmpdir(), "helium-pipes-"));
afterAll(() => rmSync(home, { recursive: true }));

let program = "";
beforeAll(async () => {
  program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
});

/** What a line of bash prints, in which `helium` is the program. */
function bash(line: string): { readonly out: string; readonly err: string; readonly code: number | null } {
  const script = `helium() { "${process.execPath}" "${program}" "$@"; }; ${line}`;
  const env = { PATH: process.env["PATH"], HOME: home };
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script], { encoding: "utf8", env });
  return { out: stdout, err: stderr, code: status };
}

describe("a reader that has enough", () => {
  it.each([
    ["the first line", "helium models | head -1"],
    ["one byte", "helium help chat | head -c 1"],
    ["nothing", "helium --help | exec true"],
    ["no more of many lines", "yes 'one line of many' | head -200 | helium classify | head -1"],
  ])("of %s ends the command quietly", (_, line) => {
    const { out, err } = bash(`${line}; echo "\${PIPESTATUS[@]}"`);
    expect(err.replace(/^\d+ models?, .*\n$/, "")).toBe("");
    // The last is the reader, before it the command.
    expect(out.trimEnd().split("\n").at(-1)).toMatch(/(?:^|\D)0 0$/);
  });

  it("of errors ends it quietly, too", () => {
    expect(bash("helium --bogus 2>&1 >/dev/null | exec true").err).toBe("");
  });
});

describe("exit codes", () => {
  it.each([
    ["helium --help", exitCodes.ok],
    ["helium inspect no/such/folder", exitCodes.failed],
    ["helium chat --bogus", exitCodes.usage],
    ["helium bogus", exitCodes.usage],
    ["HELIUM_THREADS=x helium inspect", exitCodes.usage],
  ])("%s ends with %i", (line, code) => {
    expect(bash(`${line} >/dev/null 2>&1`).code).toBe(code);
  });
});

describe("colours", () => {
  const shown = async (setup: IoSetup): Promise<string> => {
    const io = capturedIo(setup);
    expect(await run(["inspect", "helium-nano"], io)).toBe(0);
    return io.out();
  };

  it("are for terminals, and NO_COLOR turns them off", async () => {
    expect(await shown({ isTTY: true })).toMatch(/^\u001b\[1m/);
    const plain: readonly IoSetup[] = [
      {},
      { isTTY: true, env: { NO_COLOR: "1" } },
      { isTTY: true, env: { TERM: "dumb" } },
    ];
    for (const setup of plain) expect(await shown(setup)).not.toContain("\u001b");
  });

  it("and progress are not for pipes", () => {
    const { out, err } = bash("helium inspect | cat; helium bench -p 8 -n 0 -r 1 --backend cpu 2>&1 | cat");
    expect(out + err).not.toMatch(/\u001b|\r/);
  });
});
