import type { NumberRange } from "../numbers/number-range.ts";
import type { CharacterMachine } from "../character-automaton.ts";
import { parsePattern } from "../parse-pattern.ts";
import type { Pattern } from "../pattern.ts";
import { choice, sequence } from "../pattern.ts";
import { email, idnEmail, ipv4, ipv6 } from "./address-formats.ts";
import { date, dateBeforeTime, duration, isoDateTime, isoTime, time } from "./date-time-formats.ts";
import { hostName } from "./host-name.ts";
import {
  anyText,
  byte,
  jsonPointer,
  jsonPointerUriFragment,
  relativeJsonPointer,
  semver,
  uuid,
} from "./identifier-formats.ts";
import { leapSecond } from "./leap-second.ts";
import { iri, iriReference, uri, uriReference, uriTemplate, url } from "./uri-formats.ts";

/** What a format asks of the values that it is about; it says nothing of others. */
export type Format =
  /** Of strings: the whole text is matched. */
  | { readonly of: "string"; readonly pattern: Pattern }
  /** Of numbers. */
  | { readonly of: "number"; readonly isInteger: boolean; readonly range: NumberRange };

const texts: readonly (readonly [name: string, source: string])[] = [
  ["date", date],
  ["iso-time", isoTime],
  ["iso-date-time", isoDateTime],
  ["duration", duration],
  ["email", email],
  ["idn-email", idnEmail],
  ["ipv4", ipv4],
  ["ip-address", ipv4],
  ["ipv6", ipv6],
  ["uuid", uuid],
  ["uri", uri],
  ["uri-reference", uriReference],
  ["iri", iri],
  ["iri-reference", iriReference],
  ["uri-template", uriTemplate],
  ["url", url],
  ["json-pointer", jsonPointer],
  ["json-pointer-uri-fragment", jsonPointerUriFragment],
  ["relative-json-pointer", relativeJsonPointer],
  ["byte", byte],
  ["semver", semver],
  ["password", anyText],
  ["binary", anyText],
];

const signed = (bits: number): NumberRange => ({
  minimum: `-${2n ** BigInt(bits - 1)}`,
  maximum: `${2n ** BigInt(bits - 1) - 1n}`,
});
const unsigned = (bits: number): NumberRange => ({ minimum: 0, maximum: `${2n ** BigInt(bits) - 1n}` });
const within = (largest: number): NumberRange => ({ minimum: -largest, maximum: largest });

const numbers: readonly (readonly [name: string, isInteger: boolean, range: NumberRange])[] = [
  ...[8, 16, 32, 64].flatMap((bits) => [
    [`int${bits}`, true, signed(bits)] as const,
    [`uint${bits}`, true, unsigned(bits)] as const,
  ]),
  ["float", false, within(3.4028234663852886e38)],
  ["double", false, within(Number.MAX_VALUE)],
  // Draft 3: milliseconds since 1970, any number.
  ["utc-millisec", false, {}],
];

const machine = (of: CharacterMachine): Pattern => ({ kind: "machine", machine: of });
const timeOrLeapSecond = (): Pattern => choice([parsePattern(time), machine(leapSecond)]);

const composed: readonly (readonly [name: string, make: () => Pattern])[] = [
  ["time", timeOrLeapSecond],
  ["date-time", () => sequence([parsePattern(dateBeforeTime), timeOrLeapSecond()])],
  ["hostname", () => machine(hostName)],
  ["host-name", () => machine(hostName)],
];

function textFormat(make: () => Pattern): Format {
  let made: Pattern | undefined;
  return {
    of: "string",
    get pattern(): Pattern {
      return (made ??= make());
    },
  };
}

/**
 * The formats that can be enforced: those of JSON Schema 2020-12 but `regex` and `idn-hostname`, those of OpenAPI, and some
 * that schemas in use have with one clear meaning. Where the test suite of JSON Schema and ajv-formats differ, a format is
 * what both take: an `email` has a host of two labels or more and no quotes, a `hostname` no trailing dot, a `uuid` no
 * `urn:`, a `duration` no gap between its units.
 */
export const formats: ReadonlyMap<string, Format> = new Map([
  ...texts.map(([name, source]) => [name, textFormat(() => parsePattern(source))] as const),
  ...composed.map(([name, make]) => [name, textFormat(make)] as const),
  ...numbers.map(([name, isInteger, range]) => [name, { of: "number", isInteger, range } as const] as const),
]);
