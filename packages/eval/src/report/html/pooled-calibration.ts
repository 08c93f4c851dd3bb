import type { Calibration, CalibrationBin } from "../../metrics/calibration.ts";

/** The calibration of all answers that several tasks have in the same bins; null where none has any. */
export function pooledCalibration(calibrations: readonly (Calibration | null)[]): Calibration | null {
  const bins = new Map<number, CalibrationBin>();
  for (const bin of calibrations.flatMap((one) => one?.bins ?? []))
    if (bin.count > 0) bins.set(bin.from, pooled(bins.get(bin.from), bin));
  const all = [...bins.values()].sort((a, b) => a.from - b.from);
  const count = all.reduce((sum, bin) => sum + bin.count, 0);
  if (count === 0) return null;
  const gap = all.reduce((sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.confidence), 0);
  return { bins: all, expectedCalibrationError: gap / count };
}

function pooled(one: CalibrationBin | undefined, other: CalibrationBin): CalibrationBin {
  if (!one) return other;
  const count = one.count + other.count;
  const mean = (a: number, b: number): number => (a * one.count + b * other.count) / count;
  const [confidence, accuracy] = [mean(one.confidence, other.confidence), mean(one.accuracy, other.accuracy)];
  return { ...other, count, confidence, accuracy };
}
