import { formatCount, formatNumber, formatShare } from "../terminal/quantities.ts";
import { alignColumns } from "../terminal/text-layout.ts";
import type { Conversation } from "./conversation.ts";

/** The figures of the last answer and of all, as lines. */
export function statsLines(conversation: Conversation): string[] {
  const { lastAnswer, totals } = conversation;
  const rows: string[][] = [];
  if (lastAnswer !== null) {
    const { promptTokens, computedTokens, tokens, seconds } = lastAnswer;
    const cached = promptTokens - computedTokens;
    rows.push(["prompt", `${formatCount(promptTokens)} tokens, ${formatCount(cached)} of them cached`]);
    rows.push(["answer", answerFigures(tokens, seconds)]);
  }
  if (totals.turns > 1)
    rows.push([
      "all",
      `${totals.turns} answers, ${formatCount(totals.tokens)} tokens in ${formatNumber(totals.seconds)} s`,
    ]);
  rows.push(["context", contextUse(conversation)]);
  return alignColumns(rows);
}

function answerFigures(
  tokens: number,
  { firstToken, total }: { readonly firstToken: number | null; readonly total: number },
): string {
  if (firstToken === null) return "none";
  // The first token belongs to the reading of the prompt.
  const rate = tokens > 1 && total > firstToken ? `, ${formatNumber((tokens - 1) / (total - firstToken))} tok/s` : "";
  return `${formatCount(tokens)} tokens in ${formatNumber(total)} s${rate}, the first after ${formatNumber(firstToken)} s`;
}

/** `154 of 8,192 tokens (1.9 %)` */
export function contextUse({ usedTokens, contextLength }: Conversation): string {
  return `${formatCount(usedTokens)} of ${formatCount(contextLength)} tokens (${formatShare(usedTokens / contextLength).trim()})`;
}
