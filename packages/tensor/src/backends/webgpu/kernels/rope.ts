import type { Kernel, RopePairing } from "../../../contract/kernels.ts";
import type { Operand } from "../../../contract/operand.ts";
import { partOf, type KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { groupsFor, kernelShader } from "./module.ts";
import { vectorFields, vectorWords, wordFields } from "./rows/rows.ts";

/** Turns pairs of each head by the angles of the token's position, a thread per element of the result. */
export const createRope =
  (context: KernelContext): Kernel<"rope"> =>
  (out, { x, cos, sin, positions }, { pairing }) => {
    const [N, H, D] = x.layout.shape;
    const angles = [cos, sin].map((table) => partOf(table, 4 * N * table.layout.shape[1]));
    context.run({
      shader: context.shader(`rope ${pairing}`, () => makeShader(pairing)),
      ...{ reads: [x, ...angles, positions], writes: [out] },
      words: [
        ...[N * H * D, H, D, out.layout.offset, x.layout.offset, ...x.layout.strides],
        ...[...angleWords(cos, sin), ...vectorWords(positions)],
      ],
      groups: groupsFor(N * H * D),
    });
  };

/** By pairing: the pair that element d < 2·half is of, whether it is the second, and where the other one is. */
const pairs: {
  readonly [K in RopePairing]: { readonly pair: string; readonly isSecond: string; readonly other: string };
} = {
  half: { pair: "d % p.half", isSecond: "d >= p.half", other: "select(d + p.half, d - p.half, isSecond)" },
  interleaved: { pair: "d / 2u", isSecond: "(d & 1u) == 1u", other: "d ^ 1u" },
};

/** Names of the parameters of `turned`, and of the words about the tables. */
export const angleFields = [
  "half",
  "table_rows",
  "cos_offset",
  "cos_row",
  "cos_stride",
  "sin_offset",
  "sin_row",
  "sin_stride",
];

export const angleWords = (cos: Operand, sin: Operand): number[] => [
  ...[cos.layout.shape[1], cos.layout.shape[0], cos.layout.offset, ...cos.layout.strides],
  ...[sin.layout.offset, ...sin.layout.strides],
];

/** Declares `position`, the row of the tables for a token. */
export const positionOf = (token: string, positions = "positions"): Fragment => wgsl`
  let position = u32(clamp(${positions}[p.positions_offset + ${token} * p.positions_stride], 0, i32(p.table_rows) - 1));`;

/**
 * Declares `turned`, element `d` of a row after its rotation by the angles at `position`.
 *
 * @param element of the row by its index
 * @param tables names of those of cosines and sines
 */
export function turned(
  pairing: RopePairing,
  element: (index: string) => Fragment,
  { cosines, sines } = { cosines: "cosines", sines: "sines" },
): Fragment {
  const { pair, isSecond, other } = pairs[pairing];
  return wgsl`
    var turned = ${element("d")};
    if (d < 2u * p.half) {
      let pair = ${pair};
      let isSecond = ${isSecond};
      let other = ${element(`(${other})`)};
      let c = ${cosines}[p.cos_offset + position * p.cos_row + pair * p.cos_stride];
      let s = ${sines}[p.sin_offset + position * p.sin_row + pair * p.sin_stride];
      // The first of a pair is a·cos − b·sin, the second b·cos + a·sin.
      turned = turned * c + select(-other, other, isSecond) * s;
    }`;
}

function makeShader(pairing: RopePairing): Shader {
  return kernelShader({
    name: `rope ${pairing}`,
    reads: { x: "f32", cosines: "f32", sines: "f32", positions: "i32" },
    writes: { out: "f32" },
    params: wordFields(
      ...["count", "heads", "width", "out_offset", "x_offset", "x_token", "x_head", "x_stride"],
      ...[...angleFields, ...vectorFields("positions")],
    ),
    body: wgsl`
  if (thread >= p.count) { return; }
  let d = thread % p.width;
  let head = thread / p.width % p.heads;
  let token = thread / (p.width * p.heads);
  let start = p.x_offset + token * p.x_token + head * p.x_head;
${positionOf("token")}
${turned(pairing, (index) => wgsl`x[start + ${index} * p.x_stride]`)}
  out[p.out_offset + thread] = turned;`,
  });
}
