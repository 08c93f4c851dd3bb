import { DataError } from "../errors.ts";
import type { Row } from "./reading.ts";

/** FLORES calls a language by its code of ISO 639-3 and its script. */
const code = /^[a-z]{3}_[A-Z][a-z]{3}$/;

/** The languages whose files a configuration needs; null: it is none of several languages. */
export function languagesOf(config: string, all: readonly string[]): readonly string[] | null {
  const known = all.filter((name) => code.test(name));
  if (config === "all") return known.length > 0 ? known : null;
  const pair = config.split("-");
  return pair.length === 2 && pair.every((name) => code.test(name)) ? pair : null;
}

/**
 * Rows with the columns `sentence_<language>`, as FLORES has them on the hub for several languages, of rows that each have a
 * sentence of one: in the column `sentence`, or `text`.
 *
 * @throws DataError where one language has more rows than another
 */
export function parallelRows(tables: ReadonlyMap<string, readonly Row[]>, place: string): readonly Row[] {
  const lengths = [...tables].map(([language, rows]) => `${language} ${rows.length}`);
  const [first = []] = tables.values();
  for (const rows of tables.values())
    if (rows.length !== first.length)
      throw new DataError(
        place,
        `must have as many sentences in each language, given ${lengths.join(", ")}; download it again`,
      );
  return first.map((row, i): Row => {
    const { text: _, sentence: __, ...shared } = row;
    const sentences: Record<string, unknown> = {};
    for (const [language, rows] of tables) sentences[`sentence_${language}`] = sentenceOf(rows[i] ?? {});
    return { id: i + 1, ...shared, ...sentences };
  });
}

/** Without spaces at its ends, as the dataset's own reader gives it. */
function sentenceOf(row: Row): unknown {
  const sentence = row["sentence"] ?? row["text"];
  return typeof sentence === "string" ? sentence.trim() : sentence;
}
