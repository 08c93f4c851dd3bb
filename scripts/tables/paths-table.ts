import type { Backend } from "../../packages/tensor/src/contract/backend.ts";
import type { KernelEntry } from "../../packages/tensor/src/contract/kernel-table.ts";
import type { OpName } from "../../packages/tensor/src/contract/kernels.ts";
import { steps, walk, type Step } from "../../packages/tensor/src/conformance/walk-paths.ts";
import { walkedBackends } from "../../testing/conformance/walked-backends.ts";

/** A step, and how it runs on each backend: cells of its row. */
interface Walked {
  readonly step: Step;
  readonly cells: string;
}

/** How every op runs on every backend, and what kernels ask for besides, as a section of the conformance page. */
export async function pathsMarkdown(): Promise<string> {
  const names = Object.keys(walkedBackends);
  const backends: Backend[] = [];
  for (const create of Object.values(walkedBackends)) backends.push(await create());
  const walked: Walked[] = [];
  for (const step of steps) {
    const paths: string[] = [];
    for (const backend of backends) paths.push(await walk(backend, step));
    walked.push({ step, cells: paths.join(" | ") });
  }
  const conditions = backends.flatMap(conditionsOf);
  for (const backend of backends) backend.dispose();
  return [
    "## Paths",
    "",
    "How each op runs on contiguous tensors, by dtype of its first input and by what else tells kinds apart. All of it is",
    "dispatched when this page is written, and when it is tested. `host`: in JavaScript, on a backend whose own kernels run",
    "elsewhere; `expanded`: the backend keeps no matrices of that format, so that a load makes floats of them. `strict` of",
    "`configureDispatch` lets only `kernel` pass.",
    "",
    `| op | of | ${names.map((name) => `\`${name}\``).join(" | ")} |`,
    `|---|---|${names.map(() => "---").join("|")}|`,
    ...groups(walked, ({ step }) => step.op).flatMap(([op, of]) => rowsOf(op, of)),
    "",
    "What a kernel asks for besides; other calls take the next path:",
    "",
    ...conditions,
    "",
    "`webgpu` is walked on a device with the least limits that WebGPU allows, but for ten storages a kernel.",
    "",
  ].join("\n");
}

/** Values with the same key, in the order of their first ones. */
function groups<T>(values: readonly T[], keyOf: (value: T) => string): [key: string, values: readonly T[]][] {
  const byKey = new Map<string, T[]>();
  for (const value of values) byKey.set(keyOf(value), [...(byKey.get(keyOf(value)) ?? []), value]);
  return [...byKey];
}

/** A row for each way in which an op runs, that of most steps last. */
function rowsOf(op: string, all: readonly Walked[]): string[] {
  const ways = groups(all, ({ cells }) => cells).sort(([, a], [, b]) => a.length - b.length);
  return ways.map(([cells, of], i) => {
    const rest = ways.length === 1 ? "all" : "all else";
    return `| ${op} | ${i === ways.length - 1 ? rest : wordsOf(of, all)} | ${cells} |`;
  });
}

/** `f32 f16: add sub; i32` of steps among all of an op: dtypes with these variants, and one with all of its own. */
function wordsOf(these: readonly Walked[], all: readonly Walked[]): string {
  const variants = (of: readonly Walked[], dtype: string): string =>
    of.flatMap(({ step }) => (step.dtype === dtype ? [step.variant] : [])).join(" ");
  const dtypes = [...new Set(these.map(({ step }): string => step.dtype))];
  const byVariants = groups(dtypes, (dtype) => {
    const some = variants(these, dtype);
    return some === variants(all, dtype) ? "" : `: ${some}`;
  });
  return byVariants.map(([some, of]) => of.join(" ") + some).join("; ");
}

function conditionsOf({ name, kernels }: Backend): string[] {
  return (Object.keys(kernels) as OpName[]).flatMap((op) => {
    const entries: readonly Omit<KernelEntry<OpName>, "run">[] = kernels[op] ?? [];
    // Where another kernel takes the same without asking for more, none of the calls takes another path.
    const isNeeded = ({ accepts, path }: (typeof entries)[number]): boolean =>
      !entries.some((other) => other.accepts === accepts && other.path === path && !other.when);
    return entries.flatMap((entry) =>
      entry.when && isNeeded(entry) ? [`- \`${name}\` ${op}: ${entry.when.says}`] : [],
    );
  });
}
