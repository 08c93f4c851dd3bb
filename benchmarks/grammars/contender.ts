import { fileURLToPath } from "node:url";
import { LineProcess } from "../peers/line-process.ts";
import type { SchemaOutcome } from "./grammar-engine.ts";

/** Seconds for one schema with all its instances, beyond which a contender is ended and started again. */
const MOST_SECONDS = 15;

const script = fileURLToPath(new URL("grammar-child.ts", import.meta.url));

/** A grammar engine in a process of its own, which may hang or crash. */
export class Contender {
  readonly #args: readonly string[];
  #process: LineProcess | null = null;

  constructor(name: string, folder: string) {
    this.#args = [script, name, folder];
  }

  async read(index: number, name: string): Promise<SchemaOutcome> {
    const process_ = (this.#process ??= await LineProcess.start(process.execPath, this.#args));
    const hangs = new Promise<null>((resolve) => setTimeout(() => resolve(null), MOST_SECONDS * 1000).unref());
    const none = { instances: 0, agreed: 0 };
    const lost = (failed: string): SchemaOutcome => {
      this.#process = null;
      return { name, compile: MOST_SECONDS * 1000, failed, tokens: [], valid: none, invalid: none };
    };
    try {
      const outcome = (await Promise.race([process_.ask(`schema ${index}`), hangs])) as SchemaOutcome | null;
      if (outcome !== null) return outcome;
      process_.kill();
      return lost("timeout");
    } catch (error) {
      process_.kill();
      return lost(error instanceof Error ? error.message : String(error));
    }
  }

  peakBytes(): number {
    return this.#process?.peakBytes() ?? 0;
  }

  async close(): Promise<void> {
    await this.#process?.close();
  }
}
