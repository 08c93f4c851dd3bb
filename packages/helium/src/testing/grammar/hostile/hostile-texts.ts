import { DEEP, LARGE, list, type Makers, map, nameOf } from "./hostile-parts.ts";

/** Grammars in GBNF. */
export const hostileGbnf: Makers<string> = {
  "2 MB of rules": (n) =>
    `root ::= ${"r0"}\n${list(n(60_000), (i) => `r${i} ::= "text ${i}" r${(i * 7 + 1) % n(60_000)}`).join("\n")}`,
  "11 MB": (n) => `root ::= ${'"abcdefgh" '.repeat(n(1_000_000))}`,
  "one literal of 2 MB": (n) => `root ::= "${"x".repeat(n(2_000_000))}"`,
  "one sequence of 200,000 parts": (n) => `root ::= ${'"abcdefg" '.repeat(n(200_000))}`,
  "one choice of 130,000 parts": (n) => `root ::= ${list(n(130_000), (i) => `"text${i}"`).join(" | ")}`,
  "one choice of 30,000 rules": (n) =>
    `root ::= ${list(n(30_000), (i) => `r${i}`).join(" | ")}\n${list(n(30_000), (i) => `r${i} ::= "${i}" root?`).join("\n")}`,
  "a chain of 10,000 rules": (n) =>
    `root ::= r0\n${list(n(DEEP), (i) => `r${i} ::= "${i}" r${i + 1}`).join("\n")}\nr${n(DEEP)} ::= "x"`,
  "a chain of 10,000 rules that may be empty": (n) =>
    `root ::= r0\n${list(n(DEEP), (i) => `r${i} ::= "a"? r${i + 1}?`).join("\n")}\nr${n(DEEP)} ::= "x" root?`,
  "rules that double, 40": (n) =>
    `root ::= r0\n${list(n(40), (i) => `r${i} ::= r${i + 1} r${i + 1}`).join("\n")}\nr${n(40)} ::= "x" | root "y"`,
  "groups 390 deep": (n) => `root ::= ${"(".repeat(n(390))}"x" root?${")*".repeat(n(390))}`,
  "counts of 10¹⁵": () => 'root ::= ("a" | "b" root){1000000,1000000000000000}',
  "counts in counts": () => 'root ::= (("a"{1,1000} "b"){1,1000} "c"){1,1000}',
  "left recursion without an end": () => "root ::= root root | root",
  "classes, 100,000": (n) => `root ::= ${"[a-zA-Z0-9] ".repeat(n(100_000))}`,
  "ambiguous sums": () => 'root ::= root "+" root | root "*" root | [a-z]+ | "" root',
};

/** Grammars in Lark's language. */
export const hostileLark: Makers<string> = {
  "2 MB of rules": (n) =>
    `start: r0\n${list(n(60_000), (i) => `r${i}: "text ${i}" r${(i * 7 + 1) % n(60_000)}`).join("\n")}`,
  "2 MB of terminals": (n) =>
    `start: T0\n${list(n(60_000), (i) => `T${i}: "text ${i}" T${i + 1}`).join("\n")}\nT${n(60_000)}: "x"`,
  "one string of 2 MB": (n) => `start: "${"x".repeat(n(2_000_000))}"`,
  "one choice of 130,000 strings": (n) => `start: ${list(n(130_000), (i) => `"text${i}"`).join(" | ")}`,
  "& and ~ of patterns": (n) => `start: T\nT: ${list(n(50), (i) => `/.*${i}.*/ & ~/${i}.*x.*/`).join(" & ")}`,
  "%json of 20,000 properties": (n) =>
    `start: %json ${JSON.stringify({ properties: map(n(20_000), (i) => [nameOf(i, 60), {}]) })}`,
  "%ignore of 10,000 terminals": (n) => `start: "a" start?\n${list(n(10_000), (i) => `%ignore /x${i}+/`).join("\n")}`,
  "10,000 regular expressions": (n) => `start: ${list(n(10_000), (i) => `/[a-z]${i}.*/`).join(" | ")}`,
};

/** Lists of texts. */
export const hostileChoices: Makers<string[]> = {
  "100,000 texts": (n) => list(n(100_000), (i) => `text number ${i}`),
  "100,000 texts, 10 MB": (n) => list(n(100_000), (i) => nameOf(i, 100)),
  "one text of 10 MB": (n) => ["x".repeat(n(LARGE))],
  "one text of 2 MB": (n) => ["x".repeat(n(2 ** 21))],
  "1,000,000 texts": (n) => list(n(1_000_000), (i) => `${i}`),
  "2,000 texts that each begin the next": (n) => list(n(2_000), (i) => "x".repeat(i + 1)),
};
