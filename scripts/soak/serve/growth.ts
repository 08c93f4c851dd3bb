/** How memory grew after a fifth of the samples: what is warm then is to be enough for the rest. */
export function growth(samples: readonly number[]): { warmMiB: number; mostMiB: number; growth: number } {
  const warm = Math.ceil(samples.length / 5);
  const [before, after] = [Math.max(...samples.slice(0, warm)), Math.max(...samples.slice(warm))];
  return { warmMiB: before, mostMiB: after, growth: Math.round((after / before - 1) * 1e4) / 1e4 };
}
