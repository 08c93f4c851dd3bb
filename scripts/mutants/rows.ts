import { mutantsOf, type Mutant } from "./mutant.ts";

const reference = "backends/reference/row-order.ts";
const cpu = (name: string): string => `backends/host/${name}.ts`;

/** Bugs in the definitions of running sums, sorting and scattering. */
export const referenceRowMutants: readonly Mutant[] = [
  ...mutantsOf(
    reference,
    "cumsum",
    ["sums start at 1", "let total = 0;", "let total = 1;"],
    ["nothing is summed", "(total += row(r))", "(total = row(r))"],
    ["sums leave their own element out", "(total += row(r))", "(total += r > 0 ? row(r - 1) : 0)"],
    ["the last element is dropped", "r < lastLength(x); r++", "r < lastLength(x) - 1; r++"],
    ["NaN is left out", "(total += row(r))", "(total += row(r) || 0)"],
  ),
  ...mutantsOf(
    reference,
    "argsort",
    ["it always rises", "descending ? order(row(b), row(a)) :", "false ? order(row(b), row(a)) :"],
    ["it falls the wrong way", "descending ?", "!descending ?"],
    [
      "NaN comes first",
      "Number(Number.isNaN(a)) - Number(Number.isNaN(b))",
      "Number(Number.isNaN(b)) - Number(Number.isNaN(a))",
    ],
    ["NaN equals everything", "return Number(Number.isNaN(a)) - Number(Number.isNaN(b));", "return 0;"],
    ["−0 comes before 0", "return a < b ? -1", "return a < b || (Object.is(a, -0) && Object.is(b, 0)) ? -1"],
    ["equal elements change places where it falls", "order(row(b), row(a))", "order(row(b), row(a)) || b - a"],
    ["ranks for positions", "write([...lead, r], position)", "write([...lead, position], r)"],
  ),
  ...mutantsOf(
    reference,
    "scatter",
    ["adding replaces", "add ? (sums[at] ?? 0) + from(s) : from(s)", "from(s)"],
    ["replacing adds", "add ? (sums[at] ?? 0)", "true ? (sums[at] ?? 0)"],
    ["what was there is lost", "(_, r) => row(r))", "() => 0)"],
    ["the last element is left out", "s < lastLength(source); s++", "s < lastLength(source) - 1; s++"],
    [
      "the first element stays",
      "let s = 0; s < lastLength(source); s++",
      "let s = lastLength(source) - 1; s >= 0; s--",
    ],
    ["all go where the first goes", "pick([...lead, s])", "pick([...lead, 0])"],
    ["the index past the end is let in", "at < 0 || at >= R", "at < 0 || at > R"],
    ["negative indices are let in", "at < 0 || at >= R", "at >= R"],
  ),
];

/** Bugs in the cpu backend's kernels of the same ops, which wasm runs too. */
export const cpuRowMutants: readonly Mutant[] = [
  ...mutantsOf(
    cpu("kernels/cumsum"),
    "cumsum",
    ["the second element is its own sum", "let c = 1;", "let c = 2;"],
    ["the last element is its own sum", "c < C;", "c < C - 1;"],
    ["only the first is added", "row[c - 1]", "row[0]"],
    ["sums are differences", "+= row[c - 1]", "-= row[c - 1]"],
  ),
  ...mutantsOf(
    cpu("kernels/argsort"),
    "argsort",
    ["−0 comes before 0", "row[i] + 0;", "row[i];"],
    ["NaN comes first", "? 0xffffffff", "? 0"],
    ["negative floats rise with their bits", "? ~bits[0]", "? bits[0]"],
    ["positive floats come before negative ones", "bits[0] ^ 0x80000000", "bits[0]"],
    ["negative integers come last", "row[i] ^ 0x80000000", "row[i]"],
    ["bytes have no sign", 'dtype === "i32" || dtype === "i8"', 'dtype === "i32"'],
    ["it falls where it should rise", "if (descending)", "if (!descending)"],
    ["it always rises", "if (descending)", "if (false)"],
    ["the last key falls alone", "i < C; i++) keys[i] = ~keys[i]", "i < C - 1; i++) keys[i] = ~keys[i]"],
  ),
  ...mutantsOf(
    cpu("radix-sort"),
    "argsort",
    ["the highest byte is left out", "shift < 32;", "shift < 24;"],
    ["the lowest byte is left out", "let shift = 0;", "let shift = 8;"],
    ["the order of earlier passes is lost", "const position = from[i];", "const position = i;"],
    ["a pass is left out where most keys agree", "(BUCKETS - 1)] === n) return;", "(BUCKETS - 1)] >= n - 1) return;"],
    ["buckets overlap", "start += count;", "start += count >> 1;"],
    ["the buffers are not swapped", "this.#from = to;", "this.#from = from;"],
    ["rows start from the last row's order", "this.#from[i] = i;", "this.#from[i] = this.#from[i] ?? i;"],
  ),
  ...mutantsOf(
    cpu("kernels/scatter"),
    "scatter",
    ["adding replaces", "add ? row[r] + values[s] : values[s]", "values[s]"],
    ["the source is read at the place of x", "at[3] + i * step[3]", "at[3] + i * step[1]"],
    ["the first row's indices serve all", "at[2] + i * step[2]", "at[2]"],
    ["indices are read without their stride", "first + s * pickStride", "first + s"],
    ["the last element is left out", "s < S; s++", "s < S - 1; s++"],
    ["the index past the end is let in", "at < 0 || at >= R", "at < 0 || at > R"],
    ["negative indices are let in", "at < 0 || at >= R", "at >= R"],
    ["x is read with the output's stride", "at[1] + i * step[1], ownStride", "at[1] + i * step[1], outStride"],
    ["the source is read without its stride", "at[3] + i * step[3], fromStride", "at[3] + i * step[3], 1"],
    [
      "only the first index is checked",
      "i < runs.length; i++) {\n      const at = picks",
      "i < 1; i++) {\n      const at = picks",
    ],
  ),
];
