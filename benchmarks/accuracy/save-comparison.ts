import { mkdirSync, writeFileSync } from "node:fs";

const folder = new URL("../results/", import.meta.url);

/** Writes what a comparison found, with its date. */
export function saveComparison(name: string, found: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true });
  const report = { comparison: name, date: new Date().toISOString(), ...found };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(report, null, 2)}\n`);
}
