/** What a table in csv cannot be, with the record (from 1) and the line on which that shows. */
export class CsvProblem extends Error {
  readonly record: number;
  readonly line: number;

  constructor(problem: string, record: number, line: number) {
    super(problem);
    this.record = record;
    this.line = line;
  }
}

/**
 * The records of a table whose values commas part, as RFC 4180 has them: lines end in `\n` or `\r\n`, a value in quotes may
 * hold commas, ends of lines, and quotes twice. A quote inside a value that began without one stands for itself. Empty lines
 * are passed over.
 *
 * @throws CsvProblem for a quote that is not closed, or that text follows
 */
export function* csvRecords(text: string): Generator<readonly string[]> {
  let [at, record] = [0, 1];
  const problem = (what: string, from: number): CsvProblem =>
    new CsvProblem(what, record, text.slice(0, from).split("\n").length);
  while (at < text.length) {
    const values: string[] = [];
    const start = at;
    for (;;) {
      const begin = at;
      let value = "";
      if (text[at] === '"') {
        let end = text.indexOf('"', at + 1);
        for (; text[end + 1] === '"' && end >= 0; end = text.indexOf('"', end + 2));
        if (end < 0) throw problem("a quoted value has no end", begin);
        value = text.slice(at + 1, end).replaceAll('""', '"');
        at = end + 1;
      } else {
        at = endOfValue(text, at);
        value = text.slice(begin, at);
        if (text[at] !== "," && value.endsWith("\r") && at < text.length) value = value.slice(0, -1);
      }
      values.push(value);
      if (text[at] !== ",") break;
      at += 1;
    }
    if (text.startsWith("\r\n", at)) at += 1;
    if (at < text.length && text[at] !== "\n") throw problem("text follows a quoted value", at);
    const isEmpty = values.length === 1 && values[0] === "" && text[start] !== '"';
    at += 1;
    if (isEmpty) continue;
    yield values;
    record += 1;
  }
}

/** Where a comma or the end of the line follows. */
function endOfValue(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x0a) return at;
  }
  return text.length;
}
