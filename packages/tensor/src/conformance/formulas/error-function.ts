/**
 * erf x, written independently of the kernels' series: the alternating Maclaurin series
 * `2/√π Σ (−1)ⁿ x^(2n+1)/(n!(2n+1))` near 0 (Abramowitz & Stegun 7.1.5) and, from |x| = 2, `1 − erfc x` by the continued
 * fraction `e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))` (7.1.14).
 */
export function errorFunction(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (Math.abs(x) === Infinity) return Math.sign(x);
  return Math.sign(x) * (Math.abs(x) < 2 ? nearZero(Math.abs(x)) : 1 - tail(Math.abs(x)));
}

function nearZero(x: number): number {
  let power = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    power *= (-x * x) / n;
    sum += power / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function tail(x: number): number {
  let fraction = x;
  for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
