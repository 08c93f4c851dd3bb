/** `7965952` → `7,965,952` */
export const formatCount = (count: number): string => count.toLocaleString("en-US");

/** `15938088` → `15.9 MB`; decimal units. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = bytes;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `0.9712` → ` 97.1 %`, of constant width. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(1).padStart(5)} %`;

/** Three significant digits: `0.0123`, `4.56`, `123`. */
export const formatNumber = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toLocaleString("en-US", { maximumSignificantDigits: 3 });

/** Seconds: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const padded = (n: number): string => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
}
