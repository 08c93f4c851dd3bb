import { existsSync, readFileSync } from "node:fs";
import { format } from "prettier";
import { matrixMarkdown, type BackendReport } from "../../packages/tensor/src/conformance/report.ts";
import { aboveMarkdown, type AboveReport } from "../mutation-above/report.ts";
import { mutationMarkdown, type MutationReport } from "../mutation/mutation-report.ts";
import { longRuns, longRunsMarkdown } from "../soak/long-runs.ts";
import { pathsMarkdown } from "./paths-table.ts";

const docs = new URL("../../docs/", import.meta.url);

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, docs), "utf8"));

/** What the last run over everything found. */
export const reportsOnDisk = (): readonly BackendReport[] => read("conformance.json") as BackendReport[];

/** docs/conformance.md, from reports of runs and from what is on disk besides. */
export async function conformancePage(of: readonly BackendReport[]): Promise<string> {
  const [mutation, above] = ["conformance-mutation.json", "mutation-above-kernels.json"];
  const exists = (name: string): boolean => existsSync(new URL(name, docs));
  const page = [
    "# Conformance",
    "",
    "Written by `npm run conformance`; what each check does is in `packages/tensor/src/conformance/op-checks`.",
    "`kernel`: the backend's own kernel; `host`: JavaScript, on a backend whose kernels run elsewhere; `cast`: between casts to",
    "f32; `composed`: from core ops.",
    "",
    matrixMarkdown(of),
    await pathsMarkdown(),
    longRunsMarkdown(longRuns()),
    ...(exists(mutation) ? [mutationMarkdown(read(mutation) as MutationReport)] : []),
    ...(exists(above) ? [aboveMarkdown(read(above) as AboveReport)] : []),
  ].join("\n");
  return format(page, { parser: "markdown", printWidth: 120 });
}
