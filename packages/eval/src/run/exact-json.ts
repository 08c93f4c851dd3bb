/** Marks a number that JSON has no way to write; no text of a benchmark begins with it. */
const MARK = "\u0000number ";

/** JSON that keeps infinities and NaN, such as the log-probability of a token that the model rules out. */
export const exactJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === "number" && !Number.isFinite(one) ? `${MARK}${one}` : one,
  );

/** What `exactJson` wrote. @throws SyntaxError */
export const parseExactJson = (text: string): unknown =>
  JSON.parse(text, (_, one: unknown) =>
    typeof one === "string" && one.startsWith(MARK) ? Number(one.slice(MARK.length)) : one,
  );
