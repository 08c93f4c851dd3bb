/** What stop strings need of a tokenizer. */
export interface StopStringTokenizer {
  encode(text: string, options?: { readonly addSpecialTokens?: boolean }): number[];
  decode(ids: readonly number[]): string;
  convertIdsToTokens(id: number): string | null;
}
