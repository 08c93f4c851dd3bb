const int = "[0-9]+";
const decimal = String.raw`(?:[0-9]+\.[0-9]*|\.[0-9]+)`;
const exponent = "[eE][+-]?[0-9]+";
const float = `(?:${int}${exponent}|${decimal}(?:${exponent})?)`;

/** What `%import common.X` means, as regular expressions: the terminals of Lark's own grammar `common`. */
export const commonTerminals: Readonly<Record<string, string>> = {
  DIGIT: "[0-9]",
  HEXDIGIT: "[0-9A-Fa-f]",
  INT: int,
  SIGNED_INT: `[+-]?${int}`,
  DECIMAL: decimal,
  _EXP: exponent,
  FLOAT: float,
  SIGNED_FLOAT: `[+-]?${float}`,
  NUMBER: `(?:${float}|${int})`,
  SIGNED_NUMBER: `[+-]?(?:${float}|${int})`,
  ESCAPED_STRING: String.raw`"(?:[^"\\\n]|\\.)*"`,
  LCASE_LETTER: "[a-z]",
  UCASE_LETTER: "[A-Z]",
  LETTER: "[A-Za-z]",
  WORD: "[A-Za-z]+",
  CNAME: "[A-Za-z_][A-Za-z_0-9]*",
  WS_INLINE: String.raw`[ \t]+`,
  WS: String.raw`[ \t\f\r\n]+`,
  CR: String.raw`\r`,
  LF: String.raw`\n`,
  NEWLINE: String.raw`(?:\r?\n)+`,
  SH_COMMENT: String.raw`#[^\n]*`,
  CPP_COMMENT: String.raw`//[^\n]*`,
  C_COMMENT: String.raw`/\*(?:[^*]|\*+[^*/])*\*+/`,
  SQL_COMMENT: String.raw`--[^\n]*`,
};
