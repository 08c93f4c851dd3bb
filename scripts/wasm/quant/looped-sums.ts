import { Code, indent, range } from "../code.ts";
import { dotsThatFit, type PanelFormat, type Plane } from "./panel-format.ts";
import { joinDigits, maskName, records, shifted, tablesOf, type TileShape } from "./row-vectors.ts";

/**
 * Sums for several tokens, as loops over the steps: written out, V8 finishes one token's sum after the other and keeps all
 * weights of the block on the stack meanwhile. `q` walks over nibbles or bytes, `y` over activations.
 */

type Values = readonly string[];

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

/** Moves the pointers to the panels' bytes on. */
function advance(turn: Code, { rows }: TileShape, bytes: number): void {
  for (const { h, panel } of rows) if (h === 0) turn.put(`q${panel} += ${bytes};`);
}

/** A plane whose bytes hold more steps than a turn takes: the variable that is shifted down as each turn ends. */
interface HeldPlane {
  readonly plane: Plane;
  readonly bytes: Values;
}

/** Brings in what planes hold from step `from` on; one that still holds steps stays as it is. */
function openPlanes(code: Code, { planes }: PanelFormat, { rows }: TileShape, from: number): HeldPlane[] {
  return planes.flatMap((plane, n) => {
    const { bits, at } = plane;
    if (bits === 4) return [];
    const first = from - (from % (8 / bits));
    const bytes = rows.map(({ i }) => `u${n}_${first}${i}`);
    if (first === from)
      for (const { h, panel, i } of rows)
        code.put(`let ${bytes[i] ?? ""} = v128.load(w${panel}, ${at + 4 * bits * from + 16 * h});`);
    return [{ plane, bytes }];
  });
}

/** Levels of one step of a turn. */
function levels(
  turn: Code,
  { planes }: PanelFormat,
  { rows }: TileShape,
  held: readonly HeldPlane[],
  step: number,
): Values {
  return rows.map(({ h, panel, i }) =>
    planes
      .map((plane) => {
        const { bits, at, to } = plane;
        const kept = held.find((one) => one.plane === plane);
        const bytes = kept?.bytes[i] ?? turn.let(`v128.load(q${panel}, ${at + 16 * h})`);
        return turn.let(`v128.and(${shifted(bytes, to - bits * step)}, ${maskName(bits, to)})`);
      })
      .reduce((low, high) => turn.let(`v128.or(${low}, ${high})`)),
  );
}

/** Bytes of a step whose digits were looked up before. */
const SPREAD_STEP = 64;

/** What is multiplied in each step of a turn: the levels, or what tables have for them. */
function operands(
  turn: Code,
  format: PanelFormat,
  shape: TileShape,
  held: readonly HeldPlane[],
): readonly (readonly Values[])[] {
  const tables = tablesOf(format);
  if (shape.spread)
    return tables.map((_, d) =>
      range(STEPS).map((step) =>
        shape.rows.map(({ h }) => turn.let(`v128.load(q, ${SPREAD_STEP * step + 32 * d + 16 * h})`)),
      ),
    );
  const q = range(STEPS).map((step) => levels(turn, format, shape, held, step));
  return tables.map((table) =>
    q.map((all) => (table === null ? all : all.map((level) => turn.let(`lookUp(${table}, ${level})`)))),
  );
}

/** Σ level·x of each of T tokens over the columns of group g as i32. */
export function loopedSums(code: Code, format: PanelFormat, shape: TileShape, g: number): readonly Values[] {
  const { tokens, rows } = shape;
  const steps = format.group / 4;
  const fit = dotsThatFit(format);
  // Sums of 16 bits last for a loop, or else for a turn.
  const segment = fit >= steps ? steps : 4;
  const narrow = fit >= segment && !format.values;
  const tables = tablesOf(format);
  const sums = range(tokens).map(() => tables.map((): Values | null => null));
  for (let from = steps * g; from < steps * (g + 1); from += segment) {
    const chain = (t: number, d: number): Values => rows.map(({ i }) => `i${from}_${t}${i}${d}`);
    const chains = range(tokens).flatMap((t) => tables.flatMap((_, d) => chain(t, d)));
    for (const name of chains) code.put(`let ${name} = ${narrow ? "i16x8" : "i32x4"}.splat(0);`);
    const held = openPlanes(code, format, shape, from);
    const turn = new Code("t");
    const w = operands(turn, format, shape, held);
    for (const t of range(tokens)) {
      const x = range(STEPS).map((step) => turn.let(`v128.load32_splat(y, ${records[8].bytes * t + 4 * step})`));
      for (const [d, ofSteps] of w.entries())
        for (const [i, name] of chain(t, d).entries()) {
          if (format.values) {
            for (const [step, one] of ofSteps.entries())
              turn.put(`${name} = i32x4.add(${name}, dotValues(${x[step] ?? ""}, ${one[i] ?? ""}));`);
            continue;
          }
          const both = `i16x8.add(${ofSteps.map((one, step) => `dot8(${x[step] ?? ""}, ${one[i] ?? ""})`).join(", ")})`;
          turn.put(
            narrow
              ? `${name} = i16x8.add(${name}, ${both});`
              : `${name} = i32x4.add(${name}, i32x4.extadd_pairwise_i16x8_s(${both}));`,
          );
        }
    }
    for (const { plane, bytes } of held)
      for (const name of bytes) turn.put(`${name} = i16x8.shr_u(${name}, ${plane.bits * STEPS});`);
    if (shape.spread) advance(turn, shape, SPREAD_STEP * STEPS);
    else if (held.length < format.planes.length) advance(turn, shape, 32);
    loop(code, segment, turn);
    for (const [t, ofToken] of sums.entries())
      for (const [d, before] of ofToken.entries())
        ofToken[d] = chain(t, d).map((own, i) => {
          const wide = narrow ? `i32x4.extadd_pairwise_i16x8_s(${own})` : own;
          return code.let(before === null ? wide : `i32x4.add(${before[i] ?? ""}, ${wide})`);
        });
  }
  return sums.map((digits) => joinDigits(code, digits as Values[]));
}

/** The same of whole bytes beside 16-bit activations, two columns a step. */
export function loopedWords(code: Code, shape: TileShape): readonly Values[] {
  const { tokens, rows } = shape;
  const sums = range(tokens).map((t) => rows.map(({ i }) => `i${t}${i}`));
  for (const name of sums.flat()) code.put(`let ${name} = i32x4.splat(0);`);
  const turn = new Code("t");
  for (const step of range(STEPS)) {
    const w = rows.map(({ h, panel }) => turn.let(`v128.load8x8_s(q${panel}, ${16 * step + 8 * h})`));
    for (const [t, sum] of sums.entries()) {
      const x = turn.let(`v128.load32_splat(y, ${records[16].bytes * t + 4 * step})`);
      for (const [i, name] of sum.entries())
        turn.put(`${name} = i32x4.add(${name}, i32x4.dot_i16x8_s(${w[i] ?? ""}, ${x}));`);
    }
  }
  advance(turn, shape, 16 * STEPS);
  loop(code, 16, turn);
  return sums;
}
