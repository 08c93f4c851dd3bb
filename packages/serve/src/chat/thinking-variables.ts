/**
 * Variables that ask a chat template for thoughts before the answer, under the names that families use: `enable_thinking`
 * (Qwen 3, SmolLM 3), `thinking` (DeepSeek, Granite), `reasoning_effort` (gpt-oss).
 *
 * @param thinks null: not said, so that the template decides
 */
export function thinkingVariables(
  thinks: boolean | null,
  effort: string | null = null,
): Readonly<Record<string, unknown>> {
  return {
    ...(thinks !== null && { enable_thinking: thinks, thinking: thinks }),
    ...(effort !== null && { reasoning_effort: effort }),
  };
}
