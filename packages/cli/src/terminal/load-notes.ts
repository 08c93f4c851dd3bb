import type { Backend } from "@helium-lm/tensor";
import { type DTypeFallback, keptMatrix, type SlowMatrix } from "@helium-lm/nn";
import { quantFormatNames } from "@helium-lm/tensor/quant";

type Info = ReturnType<Backend["info"]>;

/** How a backend computes, as rows of name and value; with the reason where it is less than it might be. */
export function backendRows(info: Info): string[][] {
  const row = (name: string, key: string, reason: string): string[][] => {
    if (info[key] === undefined) return [];
    const why = info[reason];
    return [[name, why === undefined ? String(info[key]) : `${info[key]} (${why})`]];
  };
  return [
    ...row("backend", "backend", "autoReason"),
    ...row("mode", "mode", "modeReason"),
    ...row("threads", "threads", "threadsReason"),
    ...row("SIMD", "simd", "fallback"),
    ...row("code", "codegen", "codegenReason"),
  ];
}

/** The graphics card of webgpu, or the program that plays one, and the limit that matrices are split at. */
export function adapterRows({
  backend,
  vendor,
  architecture,
  description,
  software,
  features,
  maxStorageBytes,
}: Info): string[][] {
  if (backend !== "webgpu") return [];
  const name = [description, vendor, architecture].filter(Boolean).join(", ") || "unnamed";
  return [
    ["adapter", software === true ? `${name} (software: computes on the processor, where wasm is faster)` : name],
    ["features", String(features)],
    ["storage", `${maxStorageBytes} bytes at most`],
  ];
}

/** What a user has to know before a model answers slowly: why another backend, or one thread. */
export function backendNotes(info: Info): string[] {
  return [info["autoReason"], info["threadsReason"]].filter((reason) => typeof reason === "string");
}

/** One line about matrices that are not kept as asked for, or null where there are none. */
export function fallbackNote(fallbacks: readonly DTypeFallback[] = []): string | null {
  const [first] = fallbacks;
  if (first === undefined) return null;
  const counts = new Map<string, number>();
  for (const { used } of fallbacks) counts.set(used, (counts.get(used) ?? 0) + 1);
  const kept = [...counts].map(([used, count]) => `${count} as ${used}`).join(", ");
  const wanted = [...new Set(fallbacks.map((fallback) => fallback.wanted))].join(", ");
  const others = fallbacks.length > 1 ? `, … ${fallbacks.length} in all` : "";
  return `rows that do not fill blocks of ${wanted}: kept ${kept} (${first.path}${others})`;
}

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

/** One line about matrices that one thread quantised although more were to, or null where that was not so. */
export const oneThreadNote = (reason: string | null | undefined): string | null =>
  reason === null || reason === undefined
    ? null
    : `quantised on one thread, since no worker can be started here (${reason}); allow workers to have all threads do it`;
