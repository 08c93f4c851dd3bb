/** Labels that `classify` shows for a single text. */
export const DEFAULT_TOP = 5;
