/** A number exactly: coefficient · 10^exponent. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** The decimal that a double is written as, e.g. 0.1 is one tenth. */
export function decimalOf(value: number): Decimal {
  const [, sign, whole, fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return { coefficient: BigInt(`${sign}${whole}${fraction}`), exponent: Number(power) - fraction.length };
}

/** Whether value = k · of for a whole k, with both as they are written. */
export function isMultiple(value: number, of: number): boolean {
  const [a, b] = [decimalOf(value), decimalOf(of)];
  const least = Math.min(a.exponent, b.exponent);
  const scaled = ({ coefficient, exponent }: Decimal): bigint => coefficient * 10n ** BigInt(exponent - least);
  return scaled(a) % scaled(b) === 0n;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** The least number that both divide; null where it is no double that is written exactly. */
export function leastCommonMultiple(first: number, second: number): number | null {
  const [a, b] = [decimalOf(first), decimalOf(second)];
  const least = Math.min(a.exponent, b.exponent);
  const x = a.coefficient * 10n ** BigInt(a.exponent - least);
  const y = b.coefficient * 10n ** BigInt(b.exponent - least);
  const lcm = (x / gcd(x, y)) * y;
  const value = Number(`${lcm}e${least}`);
  return lcm < 10n ** 15n ? value : null;
}
