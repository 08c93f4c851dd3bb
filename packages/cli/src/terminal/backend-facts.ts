import type { Backend } from "@helium-lm/tensor";

type Info = ReturnType<Backend["info"]>;

/** How a backend computes, as rows of name and value; with the reason where it is less than it might be. */
export function backendFacts(info: Info): string[][] {
  const row = (name: string, key: string, reason: string): string[][] => {
    if (info[key] === undefined) return [];
    const why = info[reason];
    return [[name, why === undefined ? String(info[key]) : `${info[key]} (${why})`]];
  };
  return [
    ...row("backend", "backend", "autoReason"),
    ...row("threads", "threads", "threadsReason"),
    ...row("SIMD", "simd", "fallback"),
    ...row("code", "codegen", "codegenReason"),
  ];
}

/** What a user has to know before a model answers slowly: why another backend, or one thread. */
export function backendNotes(info: Info): string[] {
  return [info["autoReason"], info["threadsReason"]].filter((reason) => typeof reason === "string");
}
