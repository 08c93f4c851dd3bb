/** New tokens of `generate` at most: of a text without end, and of one that a grammar ends. */
export const defaultLengths = { free: 64, constrained: 512 } as const;
