import { list, type Makers, nameOf } from "./hostile-parts.ts";

/** Regular expressions with many states. */
export const hostileRegexes: Makers<string> = {
  "(a*)*b, 200 deep": (n) => `${"(".repeat(n(200))}a${"*)".repeat(n(200))}*b`,
  "(a|aa)+ and a count of 10⁶": () => "(a|aa){1000000}",
  "(a|b)*a(a|b){1000}": (n) => `(a|b)*a(a|b){${n(1_000)}}`,
  ".*.*.*.*.*.*.*.*.*.*=.*": () => `${".*".repeat(10)}=.*`,
  "(.*)(.*) 5,000 times": (n) => "(.*)".repeat(n(5_000)),
  "counts in counts in counts": () => "(((a{1,1000}b){1,1000}c){1,1000}d){1,1000}",
  "counts that overlap": () => "(a{1,100}){1,100}(a{2,200}){3,300}b",
  "x?{30}x{30}": (n) => `${"x?".repeat(n(5_000))}${"x".repeat(n(5_000))}`,
  "10,000 alternatives": (n) => list(n(10_000), (i) => i * 7).join("|"),
  "60,000 letters": (n) => nameOf(0, n(60_000)),
  "12,000 classes": (n) => "[a-c]".repeat(n(12_000)),
  "\\p{L}{1,1000}": () => "\\p{L}{1,1000}\\p{N}{1,1000}",
  "300 groups in groups": (n) => `${"(x".repeat(n(300))}${")?".repeat(n(300))}`,
  "lookaheads, 20": (n) => `${list(n(20), (i) => `(?=.*${i}.*${i + 1})`).join("")}.*`,
  "lookaheads, 1,000": (n) => `${list(n(1_000), (i) => `(?=.*${i})`).join("")}.*`,
  "lookbehinds, 200": (n) => `.*${list(n(200), (i) => `(?<!${i})`).join("")}`,
  "word boundaries, 1,000": (n) => "\\b\\w+ ".repeat(n(1_000)),
  "lookaheads in loops": () => "((?=.*a)(?!.*b.{5}c).){1,100}",
  "(?i) of 60,000 letters": (n) => `(?i:${nameOf(0, n(60_000))})`,
};
