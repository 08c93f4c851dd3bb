import { ipv6 } from "./address-formats.ts";

/** URIs of RFC 3986, IRIs of RFC 3987 and templates of RFC 6570, as sources of patterns. */

/** ucschar and iprivate of RFC 3987. */
const ucschar =
  "\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}" +
  Array.from({ length: 14 }, (_, i) => {
    const plane = (i + 1).toString(16);
    return `\\u{${plane}${i === 13 ? "1" : "0"}000}-\\u{${plane}FFFD}`;
  }).join("");
const iprivate = "\\u{E000}-\\u{F8FF}\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}";

const percent = "%[0-9A-Fa-f]{2}";
const unreserved = "A-Za-z0-9\\-._~";
const subDelims = "!$&'()*+,;=";
const scheme = "[A-Za-z][A-Za-z0-9+\\-.]*";

interface References {
  /** With a scheme. */
  readonly absolute: string;
  /** With or without a scheme. */
  readonly reference: string;
}

/** The rules of RFC 3986, appendix A, with more characters where RFC 3987 has more. */
function references(more: string, morePrivate: string): References {
  const of = (characters: string): string => `(?:[${unreserved}${subDelims}${more}${characters}]|${percent})`;
  const segment = of(":@");
  const literal = `\\[(?:${ipv6}|[Vv][0-9A-Fa-f]+\\.[${unreserved}${subDelims}:]+)\\]`;
  const authority = `(?:${of(":")}*@)?(?:${literal}|${of("")}*)(?::[0-9]*)?`;
  const segments = `(?:/${segment}*)*`;
  const after = `(?:\\?${of(`:@/?${morePrivate}`)}*)?(?:#${of(":@/?")}*)?`;
  const rooted = `//${authority}${segments}|/(?:${segment}+${segments})?`;
  const absolute = `${scheme}:(?:${rooted}|${segment}+${segments})${after}`;
  const relative = `(?:${rooted}|${of("@")}+${segments})?${after}`;
  return { absolute, reference: `(?:${absolute}|${relative})` };
}

/** A scheme, and a path or an authority behind it: `scheme:` alone, which RFC 3986 has and ajv-formats has not, is left out. */
export const { absolute: uri, reference: uriReference } = references("", "");
export const { absolute: iri, reference: iriReference } = references(ucschar, iprivate);

const hostLabel = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";

/** An address of the web or of FTP: a URI with the name of a host that ends in letters. */
export const url = ((): string => {
  const of = (characters: string): string => `(?:[${unreserved}${subDelims}${characters}]|${percent})`;
  const rest = `(?:/${of(":@/")}*(?:\\?${of(":@/?")}*)?(?:#${of(":@/?")}*)?)?`;
  return `(?:https?|ftp)://(?:${hostLabel}\\.)+[A-Za-z]{2,}(?::[0-9]{2,5})?${rest}`;
})();

/** RFC 6570; names of variables without dots, as ajv-formats has them. */
export const uriTemplate = ((): string => {
  const literals = `(?:[!#$&(-;=?-[\\]_a-z~${ucschar}${iprivate}]|${percent})`;
  const variable = `(?:[A-Za-z0-9_]|${percent})+(?::[1-9][0-9]{0,3}|\\*)?`;
  return `(?:${literals}|\\{[+#./;?&=,!@|]?${variable}(?:,${variable})*\\})*`;
})();
