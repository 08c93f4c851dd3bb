import { Code, indent, range } from "../code.ts";
import { dotsThatFit, type PanelFormat, type Plane } from "./panel-format.ts";
import { halves, joinDigits, maskName, pair, records, shifted, tablesOf, type Pair } from "./pairs.ts";

/**
 * Sums for several tokens, as loops over the steps: written out, V8 finishes one token's sum after the other and keeps all
 * weights of the block on the stack meanwhile. `q` walks over nibbles or bytes, `y` over activations.
 */

/** Steps of a turn, which a byte of nibbles holds. */
const STEPS = 2;

/** Steps of a loop. Their bytes are read from memory, since V8 would unroll a loop whose end it knows. */
export const loopSteps = [4, 8, 16] as const;
export const spanName = (steps: number): string => `span${steps}`;

function loop(code: Code, steps: number, turn: Code): void {
  code.put(`for (const stop = y + ${spanName(steps)}; y < stop; y += ${4 * STEPS}) {`);
  for (const line of indent(2, turn.lines)) code.put(line);
  code.put("}");
}

/** A plane whose bytes hold more steps than a turn takes: the variable that is shifted down as each turn ends. */
interface HeldPlane {
  readonly plane: Plane;
  readonly bytes: Pair;
}

/** Brings in what planes hold from step `from` on; one that still holds steps stays as it is. */
function openPlanes(code: Code, { planes }: PanelFormat, from: number): HeldPlane[] {
  return planes.flatMap((plane, n) => {
    const { bits, at } = plane;
    if (bits === 4) return [];
    const first = from - (from % (8 / bits));
    const bytes = pair((h) => `u${n}_${first}${h}`);
    if (first === from)
      for (const h of halves) code.put(`let ${bytes[h]} = v128.load(w, ${at + 4 * bits * from + 16 * h});`);
    return [{ plane, bytes }];
  });
}

/** Levels of one step of a turn. */
function levels(turn: Code, { planes }: PanelFormat, held: readonly HeldPlane[], step: number): Pair {
  return pair((h) =>
    planes
      .map((plane) => {
        const { bits, at, to } = plane;
        const kept = held.find((one) => one.plane === plane);
        const bytes = kept ? kept.bytes[h] : turn.let(`v128.load(q, ${at + 16 * h})`);
        return turn.let(`v128.and(${shifted(bytes, to - bits * step)}, ${maskName(bits, to)})`);
      })
      .reduce((low, high) => turn.let(`v128.or(${low}, ${high})`)),
  );
}

/** Σ level·x of each of T tokens over the columns of group g as i32. */
export function loopedSums(code: Code, format: PanelFormat, T: number, g: number): readonly Pair[] {
  const steps = format.group / 4;
  const fit = dotsThatFit(format);
  // Sums of 16 bits last for a loop, or else for a turn.
  const segment = fit >= steps ? steps : 4;
  const narrow = fit >= segment;
  const tables = tablesOf(format);
  const sums = range(T).map(() => tables.map((): Pair | null => null));
  for (let from = steps * g; from < steps * (g + 1); from += segment) {
    const chain = (t: number, d: number): Pair => pair((h) => `i${from}_${t}${h}${d}`);
    const chains = range(T).flatMap((t) => tables.flatMap((_, d) => chain(t, d)));
    for (const name of chains) code.put(`let ${name} = ${narrow ? "i16x8" : "i32x4"}.splat(0);`);
    const held = openPlanes(code, format, from);
    const turn = new Code("t");
    const q = range(STEPS).map((step) => levels(turn, format, held, step));
    const w = tables.map((table) =>
      q.map((pairs) => (table === null ? pairs : pair((h) => turn.let(`lookUp(${table}, ${pairs[h]})`)))),
    );
    for (const t of range(T)) {
      const x = range(STEPS).map((step) => turn.let(`v128.load32_splat(y, ${records[8].bytes * t + 4 * step})`));
      for (const [d, pairs] of w.entries())
        for (const h of halves) {
          const both = `i16x8.add(${pairs.map((one, step) => `dot8(${x[step] ?? ""}, ${one[h]})`).join(", ")})`;
          const name = chain(t, d)[h];
          turn.put(
            narrow
              ? `${name} = i16x8.add(${name}, ${both});`
              : `${name} = i32x4.add(${name}, i32x4.extadd_pairwise_i16x8_s(${both}));`,
          );
        }
    }
    for (const { plane, bytes } of held)
      for (const h of halves) turn.put(`${bytes[h]} = i16x8.shr_u(${bytes[h]}, ${plane.bits * STEPS});`);
    if (held.length < format.planes.length) turn.put("q += 32;");
    loop(code, segment, turn);
    for (const [t, ofToken] of sums.entries())
      for (const [d, before] of ofToken.entries())
        ofToken[d] = pair((h) => {
          const own = chain(t, d)[h];
          const wide = narrow ? `i32x4.extadd_pairwise_i16x8_s(${own})` : own;
          return code.let(before === null ? wide : `i32x4.add(${before[h]}, ${wide})`);
        });
  }
  return sums.map((digits) => joinDigits(code, digits as Pair[]));
}

/** The same of whole bytes beside 16-bit activations, two columns a step. */
export function loopedWords(code: Code, T: number): readonly Pair[] {
  const sums = range(T).map((t) => pair((h) => `i${t}${h}`));
  for (const name of sums.flat()) code.put(`let ${name} = i32x4.splat(0);`);
  const turn = new Code("t");
  for (const step of range(STEPS)) {
    const w = pair((h) => turn.let(`v128.load8x8_s(q, ${16 * step + 8 * h})`));
    for (const [t, sum] of sums.entries()) {
      const x = turn.let(`v128.load32_splat(y, ${records[16].bytes * t + 4 * step})`);
      for (const h of halves) turn.put(`${sum[h]} = i32x4.add(${sum[h]}, i32x4.dot_i16x8_s(${w[h]}, ${x}));`);
    }
  }
  turn.put(`q += ${16 * STEPS};`);
  loop(code, 16, turn);
  return sums;
}
