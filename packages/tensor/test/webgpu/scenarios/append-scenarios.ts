import {
  cast,
  concat,
  copy,
  narrow,
  reshape,
  ropeAppend,
  zeros,
  type Backend,
  type HeadNorms,
  type Tensor,
} from "@helium-lm/tensor";
import { integers, normal, type ScenarioCall } from "./scenario-values.ts";

/** Heads of q, k and v. */
const heads = [
  [0, 4],
  [4, 2],
  [6, 2],
] as const;

/**
 * Tokens of which two go nowhere, with q, k and v in one storage or in three. Behind each other the turned queries and all that is
 * in the pages then.
 */
export const appends = [true, false].flatMap((isJoined) =>
  (["f32", "f16", "i8"] as const).map((stored): ScenarioCall => ({
    name: `keys and values in ${stored} turned and put into pages, from ${isJoined ? "one storage" : "three storages"}`,
    tolerance: 1e-3,
    run: (backend) => appended(backend, { isJoined, stored, norms: null }),
  })),
);

/** The same behind norms, of each head or of all heads of a token. */
export const normedAppends = (["f32", "f16", "i8"] as const).map((stored, i): ScenarioCall => {
  const isWhole = i === 1;
  return {
    name: `keys and values in ${stored} normed ${isWhole ? "over all heads" : "by head"}, turned and put into pages`,
    tolerance: 1e-3,
    run: (backend) => {
      const [q, k] = [4, 2].map((n) => normal(backend, [isWhole ? n * 72 : 72], 6 + n)) as [Tensor, Tensor];
      return appended(backend, { isJoined: i !== 1, stored, norms: { q, k, eps: 1e-5, weightMode: "one-plus" } });
    },
  };
});

interface Appended {
  /** q, k and v lie in one storage, as do cosines and sines, and positions and slots. */
  readonly isJoined: boolean;
  readonly stored: "f32" | "f16" | "i8";
  readonly norms: HeadNorms | null;
}

function appended(backend: Backend, { isJoined, stored, norms }: Appended): Tensor {
  const all = normal(backend, [5, 8, 72], 1);
  const part = ([start, count]: readonly [number, number]): Tensor => narrow(all, 1, start, count);
  const [q, k, v] = heads.map((one) => (isJoined ? part(one) : copy(part(one)))) as [Tensor, Tensor, Tensor];
  const table = normal(backend, [18, 32], 2);
  const [cos, sin] = inTwo(table, isJoined);
  const [keys, values] = [4, 5].map((seed) => cast(normal(backend, [3, 2, 16, 72], seed), stored)) as [Tensor, Tensor];
  const scales = (): Tensor => zeros(backend, [3, 2, 16]);
  const inBytes = stored === "i8" ? { keyScales: scales(), valueScales: scales() } : null;
  const [positions, slots] = inTwo(integers(backend, [3, 4, 8, 12, 0, 7, -1, 33, 48, 20]), isJoined);
  const turned = ropeAppend(q, k, v, cos, sin, {
    pairing: "half",
    positions,
    slots,
    keys,
    values,
    ...inBytes,
    ...(norms && { norms }),
  });
  return concat(
    [turned, keys, values, ...(inBytes ? Object.values(inBytes) : [])].map((one) => cast(reshape(one, [-1]), "f32")),
    0,
  );
}

/** Both halves, as views of one storage or as copies. */
function inTwo(both: Tensor, isJoined: boolean): [Tensor, Tensor] {
  const half = (both.shape[0] ?? 0) / 2;
  return [0, half].map((start) => {
    const view = narrow(both, 0, start, half);
    return isJoined ? view : copy(view);
  }) as [Tensor, Tensor];
}
