import type { Backend } from "@helium-lm/tensor";
import { quantFormatNames } from "@helium-lm/tensor/quant";
import { keptMatrix, type SlowMatrix } from "@helium-lm/nn";

const how: { readonly [P in SlowMatrix["runs"]]: string } = {
  host: "multiplied in JavaScript",
  composed: "made floats of for every product",
  expanded: "expanded to f32",
};

/** One line about matrices that a backend's kernels do not read as they are stored, or null where there are none. */
export function slowNote(backend: Backend, slow: readonly SlowMatrix[] = []): string | null {
  const [first] = slow;
  if (first === undefined) return null;
  const counts = new Map<string, number>();
  for (const { stored, runs } of slow) {
    const what = `in ${stored} ${how[runs]}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const parts = [...counts].map(([what, count]) => `${count} ${what}`).join(", ");
  const read = quantFormatNames.filter((format) => keptMatrix(backend, format).runs === "kernel");
  const mend = read.length > 0 ? `its kernels read ${read.join(", ")}` : "it has kernels for no block format";
  return `matrices that ${backend.name} has no kernel for: ${parts} (${first.path}${slow.length > 1 ? ", …" : ""}); ${mend}`;
}
