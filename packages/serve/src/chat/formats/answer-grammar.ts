import type { GrammarSpec } from "@helium-lm/helium";
import type { ToolDefinition } from "../chat-request.ts";
import type { Thoughts } from "../thoughts.ts";
import { argumentsSpec } from "./arguments-spec.ts";
import { isUnmarked, markersOf, type ToolCallFormat } from "./tool-call-format.ts";

/** Calls of one answer at most, so that a model cannot go on with them for ever. */
const MOST_CALLS = 16;

/** What an answer may be. */
export interface AnswerShape {
  readonly format: ToolCallFormat;
  /** Those that may be called. */
  readonly tools: readonly ToolDefinition[];
  /** Nothing but calls, text or calls, or no call. */
  readonly calls: "required" | "allowed" | "none";
  readonly isParallel: boolean;
  /** What text has to be; null: anything. */
  readonly content: GrammarSpec | null;
  readonly thoughts: Thoughts | null;
  /** Whether the tokenizer has a special token of this name. */
  readonly isSpecialToken: (piece: string) => boolean;
}

/** The grammar of an answer; null where it may be any text. */
export function answerGrammar(shape: AnswerShape): GrammarSpec | null {
  const body = bodyOf(shape);
  if (!body) return null;
  const { thoughts } = shape;
  return thoughts ? { sequence: [thoughtsSpec(thoughts, shape), body] } : body;
}

function bodyOf(shape: AnswerShape): GrammarSpec | null {
  const { calls, content, tools } = shape;
  if (tools.length === 0) return content;
  if (calls === "required") return callsSpec(shape, shape.format.begins[0] ?? []);
  const text = textWithoutCalls(shape);
  if (calls === "none") return content ?? text;
  const begins = shape.format.begins.filter(
    (begin, index) => index === 0 || begin.every((piece) => isWritable(shape, piece)),
  );
  const all = begins.map((begin) => ({ begin, spec: callsSpec(shape, begin) }));
  if (content) return { anyOf: [content, ...all.map(({ spec }) => spec)] };
  // What begins with a mark may stand behind text.
  const isMarked = (begin: readonly string[]): boolean =>
    [...begin, ...shape.format.open].some((piece) => piece.trim() !== "");
  return {
    anyOf: [text, ...all.map(({ begin, spec }) => (isMarked(begin) ? { sequence: [text, spec] } : spec))],
  };
}

/** A mark that looks like a special token, and is none of this tokenizer, is left to those that have it. */
const isWritable = ({ isSpecialToken }: AnswerShape, piece: string): boolean =>
  isSpecialToken(piece) || !/^<\|.*\|>$/.test(piece);

/** Any text in which no call begins. */
function textWithoutCalls({ format, tools }: AnswerShape): GrammarSpec {
  const markers = markersOf(format);
  const names = tools.map(({ name }) => escaped(JSON.stringify(name).slice(1, -1))).join("|");
  if (!isUnmarked(format)) return { without: markers };
  const start =
    format.call.kind === "object"
      ? String.raw`\s*\{\s*"${format.call.nameKey}"\s*:\s*"(?:${names})"`
      : String.raw`\s*(?:${names})\s*\{`;
  const marked = markers.map((marker) => escaped(marker)).join("|");
  return {
    regex: markers.length > 0 ? String.raw`(?!${start}|[\s\S]*(?:${marked}))[\s\S]*` : String.raw`(?!${start})[\s\S]*`,
  };
}

const escaped = (literal: string): string => literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** Calls from their begin to their end. */
function callsSpec(shape: AnswerShape, begin: readonly string[]): GrammarSpec {
  const { format, tools, isParallel, calls } = shape;
  const pieces = (list: readonly string[]): GrammarSpec[] => list.map((piece) => pieceSpec(piece, shape));
  const one: GrammarSpec[] = [
    ...pieces(format.open),
    { anyOf: tools.map((tool, index) => callSpec(tool, index, calls === "required", shape)) },
    ...pieces(format.close),
  ];
  const { separator } = format;
  const more: GrammarSpec[] =
    separator && isParallel ? [{ repeat: { sequence: [...pieces(separator), ...one] }, max: MOST_CALLS - 1 }] : [];
  return { sequence: [...pieces(begin), ...one, ...more, ...pieces(format.end)] };
}

function callSpec(tool: ToolDefinition, index: number, isForced: boolean, shape: AnswerShape): GrammarSpec {
  const { call } = shape.format;
  const given = argumentsSpec(tool, index, isForced);
  if (call.kind === "named")
    return { sequence: [text(tool.name), ...call.between.map((piece) => pieceSpec(piece, shape)), given] };
  const { nameKey, argumentsKey, numberKey } = call;
  const names = `"${nameKey}": ${JSON.stringify(tool.name)}, "${argumentsKey}": `;
  const head: GrammarSpec[] =
    numberKey === null
      ? [text(`{${names}`)]
      : [text(`{"${numberKey}": "`), { regex: "[0-9]{1,3}" }, text(`", ${names}`)];
  return { sequence: [...head, given, text("}")] };
}

const text = (literal: string): GrammarSpec => ({ choice: [literal] });

function pieceSpec(piece: string, { isSpecialToken }: Pick<AnswerShape, "isSpecialToken">): GrammarSpec {
  if (isSpecialToken(piece)) return { specialToken: piece };
  // Tokenizers differ in the space behind a special token.
  return piece === " " ? { choice: ["", " "] } : text(piece);
}

/** The thoughts before what an answer has to be: as long as they like, but for where the prompt has begun them, none too. */
function thoughtsSpec({ open, close, hasBegun }: Thoughts, shape: AnswerShape): GrammarSpec {
  const rest: GrammarSpec[] = [{ without: [close] }, pieceSpec(close, shape), { regex: String.raw`[ \n]{0,4}` }];
  if (hasBegun) return { sequence: rest };
  return { repeat: { sequence: [pieceSpec(open, shape), ...rest] }, min: 0, max: 1 };
}
