/** Addresses of hosts and mailboxes, as sources of patterns. */

const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/** Dotted quad of RFC 2673, section 3.2: no leading zeros. */
export const ipv4 = `${octet}(?:\\.${octet}){3}`;

const group = "[0-9A-Fa-f]{1,4}";
const lastTwo = `(?:${group}:${group}|${ipv4})`;

/** IPv6address of RFC 3986, which spells out the texts of RFC 4291, section 2.2: `::` stands for one group or more. */
export const ipv6 = ((): string => {
  const before = (most: number): string => `(?:(?:${group}:){0,${most}}${group})?`;
  const shortened = Array.from({ length: 7 }, (_, most) => {
    const left = most === 0 ? "" : before(most - 1);
    const after = 5 - most;
    return `${left}::${after > 0 ? `(?:${group}:){${after}}` : ""}${after >= 0 ? lastTwo : group}`;
  });
  return `(?:(?:${group}:){6}${lastTwo}|${shortened.join("|")}|${before(6)}::)`;
})();

const letter = "[A-Za-z0-9]";
const inner = "[A-Za-z0-9-]";
const atext = "A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-";
const mailLabel = `${letter}(?:${inner}*${letter})?`;

/** Dot-atom of RFC 5321 before the @, a name of at least two labels behind it: neither quoted texts nor addresses in brackets. */
export const email = `[${atext}]+(?:\\.[${atext}]+)*@(?:${mailLabel}\\.)+${mailLabel}`;

const wide = "\\u{80}-\\u{10FFFF}";
const wideLabel = "[\\p{L}\\p{Nd}](?:[\\p{L}\\p{M}\\p{Nd}-]*[\\p{L}\\p{M}\\p{Nd}])?";

/** RFC 6531: what an e-mail address has, and characters beyond ASCII; letters, marks and digits in the name of the host. */
export const idnEmail = `[${atext}${wide}]+(?:\\.[${atext}${wide}]+)*@${wideLabel}(?:\\.${wideLabel})*`;
