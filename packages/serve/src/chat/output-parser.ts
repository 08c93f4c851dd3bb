/** A part of what a model wrote, told apart by the words of its family. */
export type OutputPart =
  | { readonly kind: "content" | "reasoning"; readonly text: string }
  | { readonly kind: "tool-call"; readonly name: string }
  | { readonly kind: "tool-arguments"; readonly text: string };

/** Tells the parts of an answer apart while it grows. */
export interface OutputParser {
  push(text: string): readonly OutputPart[];
  /** What was held back, at the end of the answer. */
  flush(): readonly OutputPart[];
}

/** All of it is the answer. */
export const plainParser = (): OutputParser => ({
  push: (text) => (text === "" ? [] : [{ kind: "content", text }]),
  flush: () => [],
});
