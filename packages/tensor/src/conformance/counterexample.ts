import { TensorError } from "../errors.ts";
import { contiguousStrides, formatShape } from "../layout.ts";
import { drawnValues, type Argument } from "./draws/argument.ts";
import { show } from "./compare.ts";
import { viewLayout } from "./draws/memory-layout.ts";

/** A backend broke a rule of the suite. The message holds the difference, the call and how to repeat it. */
export class ConformanceError extends TensorError {}

interface Finding {
  readonly backend: string;
  /** Op, variant, dtype and what the check says. */
  readonly where: string;
  readonly call: unknown;
  readonly cause: unknown;
  readonly repeat: string;
}

/** The error that tells a failed call. */
export function counterexample({ backend, where, call, cause, repeat }: Finding): ConformanceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const kind = cause instanceof Error && cause.name !== "Mismatch" ? `${cause.name}: ` : "";
  const lines = [
    `${where}, on ${backend}`,
    `  ${kind}${reason}`,
    ...describeCall(call).map((line) => `  ${line}`),
    `  repeat: ${repeat}`,
  ];
  return new ConformanceError("conformance", lines.join("\n"), { call, repeat }, { cause });
}

function describeCall(call: unknown): string[] {
  if (!isCall(call)) return [`drawn: ${literal(call)}`];
  const inputs = Object.entries(call.inputs).map(([name, argument]) => describeArgument(name, argument));
  const params = Object.keys(call.params).length > 0 ? [`params ${literal(call.params)}`] : [];
  return [...inputs, ...params, `as an example: ${literal(call)}`];
}

/** Source text of a call: JSON, and the numbers that JSON has not. */
function literal(value: unknown): string {
  if (typeof value === "number") return show(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  return `{ ${Object.entries(value)
    .map(([key, of]) => `${key}: ${literal(of)}`)
    .join(", ")} }`;
}

/** `x f32[2, 3] strides [1, 2] offset 4 (transposed) = 0.5 1.25 …` */
function describeArgument(name: string, argument: Argument): string {
  const { dtype, shape, layout } = argument;
  const { strides, offset } = viewLayout(shape, layout);
  const dense = layout.kind === "contiguous";
  const lies = dense
    ? ""
    : ` strides ${formatShape(strides)} offset ${offset} (${layout.kind}, contiguous ${formatShape(contiguousStrides(shape))})`;
  const { data } = drawnValues(argument);
  const shown = Array.from(data.subarray(0, 8), (value) => show(Number(value.toPrecision(7)))).join(" ");
  return `${name} ${dtype}${formatShape(shape)}${lies} = ${shown}${data.length > 8 ? " …" : ""}`;
}

function isCall(value: unknown): value is { inputs: Record<string, Argument>; params: object } {
  return typeof value === "object" && value !== null && "inputs" in value && "params" in value;
}
