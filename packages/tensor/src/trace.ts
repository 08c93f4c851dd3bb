import type { Backend } from "./contract/backend.ts";
import type { QuantFormatName } from "./contract/operand.ts";
import type { DType } from "./dtypes/dtype.ts";
import { BackendError } from "./errors.ts";
import { storedName, type KernelEntry, type StoredType } from "./contract/kernel-table.ts";
import type { OpName } from "./contract/kernels.ts";
import { checkOptionNames, type OptionNames } from "./option-names.ts";

/**
 * How an op call is carried out: `kernel` = by the backend's own kernel; `host` = in JavaScript, on a backend whose own
 * kernels run elsewhere; `cast` = between casts to f32; `composed` = from core ops.
 */
export type Path = "kernel" | "host" | "cast" | "composed";

/** How one op call was carried out. What a `cast` or `composed` op is made of follows as events of its own. */
export interface TraceEvent {
  readonly op: OpName;
  readonly path: Path;
  readonly out: { readonly shape: readonly number[]; readonly dtype: DType };
  /** Dtype or block format of every input. */
  readonly inputs: Readonly<Record<string, DType | QuantFormatName>>;
}

export interface DispatchOptions {
  /** Turn every path but `kernel` into an error. */
  readonly strict?: boolean;
  /** Called once per op. */
  readonly onOp?: (event: TraceEvent) => void;
}

const dispatchOptions: OptionNames<DispatchOptions> = { strict: true, onOp: true };

const options = new WeakMap<Backend, DispatchOptions>();

/**
 * Sets strictness and the trace listener for all ops on a backend; `{}` resets them.
 *
 * @example
 * const seen: string[] = [];
 * configureDispatch(backend, { onOp: ({ op, path }) => seen.push(`${op}: ${path}`) });
 * ones(backend, [2]);
 * configureDispatch(backend, {});
 * console.log(seen.join()); // fill: kernel
 */
export function configureDispatch(backend: Backend, settings: DispatchOptions): void {
  checkOptionNames("configureDispatch", settings, dispatchOptions);
  options.set(backend, settings);
}

/** Whether somebody listens to the ops of a backend, so that each must be carried out by itself. */
export function isTraced(backend: Backend): boolean {
  return options.get(backend)?.onOp !== undefined;
}

/** Tells the listener of a backend about an op call. @throws BackendError under `strict`, for a path other than `kernel` */
export function note(backend: Backend, op: OpName, path: Path, out: TraceEvent["out"], inputs: object): void {
  const settings = options.get(backend);
  if (!settings) return;
  const event = { op, path, out: { shape: out.shape, dtype: out.dtype }, inputs: storedTypes(inputs) };
  if (settings.strict && path !== "kernel") throw refusal(backend, event);
  settings.onOp?.(event);
}

function storedTypes(inputs: object): TraceEvent["inputs"] {
  const given = Object.entries(inputs as Readonly<Record<string, StoredType | undefined>>);
  return Object.fromEntries(given.flatMap(([name, input]) => (input ? [[name, storedName(input)]] : [])));
}

const instead: { readonly [P in Exclude<Path, "kernel">]: string } = {
  host: "it would run in JavaScript on the host",
  cast: "it would run between casts to f32",
  composed: "it would be composed of core ops",
};

function refusal(backend: Backend, event: TraceEvent): BackendError {
  const { op, path, out, inputs } = event;
  const given = [...new Set([...Object.values(inputs), out.dtype])].join(", ");
  const accepted = (backend.kernels[op] ?? []).filter((entry) => entry.path === "kernel").map(describeEntry);
  const mend =
    accepted.length > 0
      ? `kernels take ${accepted.join("; or ")}; give it these or turn strict off`
      : "turn strict off";
  return new BackendError(
    op,
    `"${backend.name}" has no kernel for ${given} here (${path}): ${instead[path as keyof typeof instead]}; ${mend}`,
    { backend: backend.name, ...event, accepted },
  );
}

/** What a kernel takes, in words: `x f32, weight q4_0 q8_0 → f32 where it has …`. */
export function describeEntry<K extends OpName>({ accepts, when }: Pick<KernelEntry<K>, "accepts" | "when">): string {
  const alternatives = accepts.map(({ out, ...inputs }) => {
    const given = Object.entries(inputs as Readonly<Record<string, readonly string[]>>);
    return `${given.map(([name, types]) => `${name} ${types.join(" ")}`).join(", ")} → ${out.join(" ")}`.trimStart();
  });
  return `${alternatives.join(" | ")}${when ? ` where it has ${when.says}` : ""}`;
}
