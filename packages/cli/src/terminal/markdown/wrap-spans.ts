import { graphemesOf, widthOf } from "../rows/text-width.ts";
import { printable } from "../style.ts";
import type { Span } from "./spans.ts";

interface Cell extends Span {
  readonly width: number;
}

/** Cells that a line is not broken between. */
interface Unit {
  readonly cells: Cell[];
  readonly kind: "space" | "word" | "break";
}

/** Spans as lines of at most `width` columns, broken at spaces, line breaks and beside wide characters; long words are cut. */
export function wrapSpans(spans: readonly Span[], width: number): Span[][] {
  const lines: Cell[][] = [];
  let line: Cell[] = [];
  let used = 0;
  let space: Cell[] = [];
  const add = (cells: readonly Cell[]): void => {
    for (const cell of cells) {
      if (used + cell.width > width && used > 0) breakLine();
      line.push(cell);
      used += cell.width;
    }
  };
  const breakLine = (): void => {
    lines.push(line);
    [line, used, space] = [[], 0, []];
  };
  for (const { kind, cells } of unitsOf(spans)) {
    if (kind === "break") breakLine();
    else if (kind === "space") space = cells;
    else {
      if (used + sum(space) + sum(cells) > width && used > 0) breakLine();
      else add(space);
      space = [];
      add(cells);
    }
  }
  if (line.length > 0 || lines.length === 0) lines.push(line);
  return lines.map(joined);
}

/** Lines cut at `width` columns, with their spaces as they are. */
export function cutSpans(spans: readonly Span[], width: number): Span[][] {
  const lines: Cell[][] = [[]];
  let used = 0;
  for (const cell of cellsOf(spans)) {
    if (used + cell.width > width && used > 0) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(cell);
    used += cell.width;
  }
  return lines.map(joined);
}

const sum = (cells: readonly Cell[]): number => cells.reduce((total, { width }) => total + width, 0);

function* cellsOf(spans: readonly Span[]): Generator<Cell> {
  for (const given of spans)
    for (const text of graphemesOf(printable(given.text))) yield { ...given, text, width: widthOf(text) };
}

function unitsOf(spans: readonly Span[]): Unit[] {
  const units: Unit[] = [];
  for (const cell of cellsOf(spans)) {
    const kind = cell.text === "\n" ? "break" : /^[ \t]$/.test(cell.text) ? "space" : "word";
    const last = units.at(-1);
    const isApart = cell.width > 1 || (last?.cells.at(-1)?.width ?? 0) > 1;
    if (last?.kind === kind && kind !== "break" && !isApart) last.cells.push(cell);
    else units.push({ kind, cells: [cell] });
  }
  return units;
}

/** Neighbours that look alike as one span. */
function joined(cells: readonly Cell[]): Span[] {
  const spans: { text: string; marks: Span["marks"]; link?: string | undefined }[] = [];
  for (const { text, marks, link } of cells) {
    const last = spans.at(-1);
    if (last && last.marks === marks && last.link === link) last.text += text;
    else spans.push({ text, marks, link });
  }
  return spans;
}
