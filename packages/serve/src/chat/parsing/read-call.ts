import type { NamedCall, ObjectCall, ToolCallFormat } from "../formats/tool-call-format.ts";
import type { OutputPart } from "../output-parser.ts";
import { readString, readValue } from "./read-json.ts";
import type { Reading, TextCursor } from "./text-cursor.ts";

/** How a call was read: it has come to its end, its arguments were cut off, or it is none. */
export type CallEnd = "whole" | "cut" | "none";

/** What is needed to read calls. */
export interface CallReader {
  readonly cursor: TextCursor;
  readonly format: ToolCallFormat;
  /** Names of the tools: what names another one is no call. */
  readonly names: ReadonlySet<string>;
  /** Takes the parts of a call as they come. */
  readonly emit: (part: OutputPart) => void;
}

/** Reads one call without what stands around it. What is no call has emitted nothing. */
export function readCall(reader: CallReader): Reading<CallEnd> {
  const { call } = reader.format;
  return call.kind === "object" ? readObjectCall(reader, call) : readNamedCall(reader, call);
}

/** `{"name": "f", "arguments": {…}}`, with its keys in any order. */
function* readObjectCall({ cursor, names, emit }: CallReader, call: ObjectCall): Reading<CallEnd> {
  yield* cursor.skipSpace();
  if (!(yield* cursor.skip("{"))) return "none";
  let name: string | null = null;
  /** Arguments that came before the name. */
  let early: string | null = null;
  let hasArguments = false;
  for (;;) {
    yield* cursor.skipSpace();
    if (yield* cursor.skip("}")) break;
    if (yield* cursor.skip(",")) continue;
    const key = yield* readString(cursor);
    yield* cursor.skipSpace();
    if (key === null || !(yield* cursor.skip(":"))) return hasArguments ? "cut" : "none";
    yield* cursor.skipSpace();
    if (key === call.nameKey && name === null) {
      name = yield* readString(cursor);
      if (name === null || !names.has(name)) return "none";
      if (early === null) continue;
      emit({ kind: "tool-call", name });
      emit({ kind: "tool-arguments", text: early });
      hasArguments = true;
    } else if (key === call.argumentsKey && !hasArguments) {
      if (name !== null) {
        if ((yield* cursor.peek()) !== "{") return "none";
        emit({ kind: "tool-call", name });
        hasArguments = true;
        if (!(yield* readValue(cursor, (text) => emit({ kind: "tool-arguments", text })))) return "cut";
        continue;
      }
      early = "";
      if (!(yield* readValue(cursor, (text) => (early += text)))) return "none";
    } else if (!(yield* readValue(cursor, () => undefined))) return hasArguments ? "cut" : "none";
  }
  return hasArguments ? "whole" : "none";
}

/** `f`, something, `{…}` */
function* readNamedCall({ cursor, names, emit }: CallReader, { between }: NamedCall): Reading<CallEnd> {
  yield* cursor.skipSpace();
  // Of names that begin alike the longest that is there.
  const sorted = [...names].sort((a, b) => b.length - a.length);
  let name: string | undefined;
  for (const one of sorted) {
    if (!(yield* cursor.skip(one))) continue;
    name = one;
    break;
  }
  if (name === undefined || !(yield* cursor.skipPieces(between))) return "none";
  yield* cursor.skipSpace();
  if ((yield* cursor.peek()) !== "{") return "none";
  emit({ kind: "tool-call", name });
  return (yield* readValue(cursor, (text) => emit({ kind: "tool-arguments", text }))) ? "whole" : "cut";
}
