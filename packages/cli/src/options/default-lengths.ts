/** New tokens of `generate` at most: of a text without end, and of one that a grammar ends. */
export const defaultLengths = { free: 64, constrained: 512 } as const;

/** New tokens of an answer in a chat; of a model that only continues texts. */
export const chatLengths = { answer: 512, continuation: 64 } as const;
