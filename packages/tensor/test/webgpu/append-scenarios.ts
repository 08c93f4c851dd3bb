import { cast, concat, copy, narrow, reshape, ropeAppend, zeros, type Tensor } from "@helium-lm/tensor";
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
    run: (backend) => {
      const all = normal(backend, [5, 8, 72], 1);
      const part = ([start, count]: readonly [number, number]): Tensor => narrow(all, 1, start, count);
      const [q, k, v] = heads.map((one) => (isJoined ? part(one) : copy(part(one)))) as [Tensor, Tensor, Tensor];
      const [cos, sin] = [2, 3].map((seed) => normal(backend, [9, 32], seed)) as [Tensor, Tensor];
      const [keys, values] = [4, 5].map((seed) => cast(normal(backend, [3, 2, 16, 72], seed), stored)) as [
        Tensor,
        Tensor,
      ];
      const scales = (): Tensor => zeros(backend, [3, 2, 16]);
      const inBytes = stored === "i8" ? { keyScales: scales(), valueScales: scales() } : null;
      const places = { positions: integers(backend, [3, 4, 8, 12, 0]), slots: integers(backend, [7, -1, 33, 48, 20]) };
      const turned = ropeAppend(q, k, v, cos, sin, { pairing: "half", ...places, keys, values, ...inBytes });
      return concat(
        [turned, keys, values, ...(inBytes ? Object.values(inBytes) : [])].map((one) =>
          cast(reshape(one, [-1]), "f32"),
        ),
        0,
      );
    },
  })),
);
