import type { Counter } from "./counter.ts";
import type { Histogram } from "./histogram.ts";
import { labelText, type Labels } from "./labels.ts";

/** A figure under its names: ours, and those by which other programs look for it. */
export type Family = {
  readonly names: readonly string[];
  readonly help: string;
} & (
  | { readonly type: "counter"; readonly of: Counter }
  | { readonly type: "histogram"; readonly of: Histogram }
  | { readonly type: "gauge"; readonly of: readonly { readonly labels: Labels; readonly value: number }[] }
);

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Figures in Prometheus' text format, version 0.0.4. */
export const exposition = (families: readonly Family[]): string =>
  families
    .flatMap((family) => family.names.map((name) => familyText(name, family)))
    .filter((text) => text !== "")
    .join("");

function familyText(name: string, family: Family): string {
  const lines = family.type === "histogram" ? histogramLines(name, family.of) : sampleLines(name, family);
  if (lines.length === 0) return "";
  const help = family.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${family.type}`, ...lines, ""].join("\n");
}

function sampleLines(name: string, family: Family & { readonly type: "counter" | "gauge" }): string[] {
  const samples = family.type === "counter" ? family.of.samples : family.of;
  return samples.map(({ labels, value }) => `${name}${labelText(labels)} ${number(value)}`);
}

function histogramLines(name: string, { bounds, samples }: Histogram): string[] {
  return samples.flatMap(({ labels, counts, sum }) => {
    let total = 0;
    const buckets = counts.map((count, at) => {
      total += count;
      return `${name}_bucket${labelText({ ...labels, le: number(bounds[at] ?? Infinity) })} ${total}`;
    });
    return [...buckets, `${name}_sum${labelText(labels)} ${number(sum)}`, `${name}_count${labelText(labels)} ${total}`];
  });
}

const number = (value: number): string => (value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value));
