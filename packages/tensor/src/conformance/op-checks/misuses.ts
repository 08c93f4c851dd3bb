import type { Backend } from "../../contract/backend.ts";
import type { ConformanceCase, Misuse } from "../case.ts";
import { Mismatch } from "../compare.ts";
import type { DType } from "../../dtypes/dtype.ts";
import { ones } from "../../ops/fill.ts";
import { session } from "../session.ts";

/** Wrong shapes, dtypes and arguments throw the right class, and the message has what a reader needs. */
export function checkMisuses(backend: Backend, definition: ConformanceCase): Promise<void> {
  return session(async (scope) => {
    const make = (shape: readonly number[], dtype: DType = "f32") => ones(backend, shape, dtype);
    for (const misuse of definition.misuses?.({ backend, make }) ?? []) {
      const error = await errorOf(misuse, (run) => scope.run(run));
      const what = `misuse "${misuse.title}"`;
      if (error === undefined) throw new Mismatch(`${what}: nothing was thrown, expected ${misuse.error.name}`);
      if (!(error instanceof misuse.error))
        throw new Mismatch(
          `${what}: threw ${error instanceof Error ? `${error.name} (${error.message})` : typeof error}, expected ${misuse.error.name}`,
        );
      const { message } = error;
      const missing = misuse.mentions.filter((part) => !message.includes(part));
      if (missing.length > 0) throw new Mismatch(`${what}: message lacks ${missing.join(" and ")}: ${message}`);
      if (!message.startsWith(`${misuse.mentions[0]}: `))
        throw new Mismatch(`${what}: message does not start with "${misuse.mentions[0]}: ": ${message}`);
    }
  });
}

async function errorOf(misuse: Misuse, within: <T>(fn: () => T) => T): Promise<unknown> {
  try {
    const result = within(() => misuse.run());
    if (result) await result.data();
    return undefined;
  } catch (error) {
    return error;
  }
}
