import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { findExecutable } from "../../../../testing/find-executable.ts";
import { root } from "../../../../testing/repository.ts";

const { greedy } = JSON.parse(readFileSync(`${root}models/helium-nano/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly prompt: string; readonly text: string }[];
};
const { prompt, text } = greedy[1]!;

interface Printed {
  readonly whole: { readonly choices: readonly { readonly text: string }[] };
  readonly stream: string;
  readonly left: object;
}

describe.each([
  ["bun", []],
  ["deno", ["run", "-A"]],
] as const)("in %s", (name, args) => {
  const runtime = findExecutable(name);

  it.skipIf(runtime === null).each(["worker", "thread"])(
    `the handler answers, streams and forgets who hangs up, with the model in a %s (needs ${name} on the PATH)`,
    async (place) => {
      const program = await bundleForNode(fileURLToPath(new URL("runtime-program.ts", import.meta.url)), "esm");
      const argv = [...args, program, `${root}models/helium-nano`, prompt, place];
      const { stdout, stderr } = spawnSync(runtime ?? "", argv, { encoding: "utf8", timeout: 240_000 });
      expect(stdout, stderr).not.toBe("");
      const { whole, stream, left } = JSON.parse(stdout) as Printed;
      expect(prompt + (whole.choices[0]?.text ?? "")).toBe(text);
      const events = stream.split("\n\n").flatMap((event) => (event.startsWith("data: {") ? [event.slice(6)] : []));
      const parts = events.map((event) => (JSON.parse(event) as Printed["whole"]).choices[0]?.text ?? "");
      expect(prompt + parts.join("")).toBe(text);
      expect(left).toEqual({ requests: 0, places: 0, aborted: true });
    },
  );
});
