const table = { f32: true, bf16: true } as const;

/** How activations are kept between ops: f32, or bf16 rounded after each op as a bf16 model in PyTorch does. */
export type ComputeDType = keyof typeof table;

/** All names of `ComputeDType`. */
export const computeDTypes = Object.keys(table) as readonly ComputeDType[];
