import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../line-process.ts";
import { PeerMissing, type Contender, type ModelFile } from "../player.ts";
import { nodeVersion, playerCommand, runningNode, type NodeMajor } from "./node-versions.ts";

/** Whether V8 may pair 128-bit operations into 256-bit ones; plain is what a page gets. */
export type Codegen = "wide" | "plain";

/** Ours on a Node: the wasm backend through the public API. */
export function oursOn(name: string, node: NodeMajor, codegen: Codegen): Contender & { readonly start: StartOurs } {
  return {
    name,
    version: () => `@helium-lm/helium ${packageVersion()}, wasm backend, ${codegen} code, Node ${nodeVersion(node)}`,
    start: async ({ path, threads, vocab, context }) => {
      const [program, ...args] = await playerCommand(node);
      const player = await LineProcess.start(program, [
        ...args,
        path,
        ...[threads, vocab, context, codegen].map(String),
      ]);
      const { codegen: got, codegenReason } = player.details;
      if (got === codegen) return player;
      await player.close();
      throw new PeerMissing(name, `has no ${codegen} code here: ${String(codegenReason)}`);
    },
  };
}

type StartOurs = (model: ModelFile) => Promise<LineProcess>;

function packageVersion(): string {
  const file = fileURLToPath(new URL("../../../packages/helium/package.json", import.meta.url));
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

export const ours = oursOn("helium-lm", runningNode, "wide");

export const oursPlain = oursOn("helium-lm plain", runningNode, "plain");

/** The oldest Node that is supported, whose V8 has relaxed SIMD behind a flag; reported, not held to bars. */
export const oursOnNode20 = oursOn("helium-lm on Node 20", 20, "plain");
