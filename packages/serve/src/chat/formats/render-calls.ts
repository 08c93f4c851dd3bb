import type { ToolCallFormat } from "./tool-call-format.ts";

/** A call as it stands in an answer. */
export interface WrittenCall {
  readonly name: string;
  /** A JSON object, as text. */
  readonly arguments: string;
}

/** Calls as the format writes them. */
export function renderCalls(format: ToolCallFormat, calls: readonly WrittenCall[]): string {
  const { begins, open, close, separator, end } = format;
  const [begin = []] = begins;
  const written = calls.map((call, index) => [...open, renderCall(format, call, index), ...close].join(""));
  return [...begin, written.join((separator ?? []).join("")), ...end].join("");
}

function renderCall({ call }: ToolCallFormat, { name, arguments: given }: WrittenCall, index: number): string {
  if (call.kind === "named") return [name, ...call.between, given].join("");
  const { nameKey, argumentsKey, numberKey } = call;
  const number = numberKey === null ? "" : `"${numberKey}": "${index}", `;
  return `{${number}"${nameKey}": ${JSON.stringify(name)}, "${argumentsKey}": ${given}}`;
}
