/** Keywords that only describe a value. */
export const annotations: ReadonlySet<string> = new Set(
  (
    "title description default examples example $comment deprecated readOnly writeOnly contentEncoding contentMediaType " +
    "contentSchema $schema $vocabulary"
  ).split(" "),
);
