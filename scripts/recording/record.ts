import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A piece of what a program wrote, with the milliseconds since the piece before it. */
export interface Piece {
  readonly text: string;
  readonly after: number;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const sources = new URL("../workspace-sources.ts", import.meta.url).href;

/** Runs `helium-lm` from the sources and notes what it writes on stdout and when. */
export function record(args: readonly string[]): Promise<readonly Piece[]> {
  return new Promise((resolve, reject) => {
    const pieces: Piece[] = [];
    const child = spawn(process.execPath, ["--import", sources, "packages/cli/src/main.ts", ...args], {
      ...{ cwd: root, stdio: ["ignore", "pipe", "ignore"] },
    });
    let last = performance.now();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const now = performance.now();
      pieces.push({ text, after: now - last });
      last = now;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(pieces);
      else reject(new Error(`helium-lm ${args[0] ?? ""} ended with ${code}`));
    });
  });
}
