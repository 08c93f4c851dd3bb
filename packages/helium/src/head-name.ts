/** The heads that a trunk may have. */
export type HeadName = "base" | "causal-lm" | "sequence-classification" | "token-classification";
