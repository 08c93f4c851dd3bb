import type { CharacterMachine } from "../character-automaton.ts";
import { codePoints } from "../code-point-set.ts";

const letters = codePoints([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a]);
const hyphen = codePoints("-");
const dot = codePoints(".");

const most = { name: 253, label: 63 };
/** Kinds of the last character. */
const kinds = { none: 0, letter: 1, hyphen: 2, count: 3 };
const at = (length: number, ofLabel: number, kind: number): number =>
  (length * (most.label + 1) + ofLabel) * kinds.count + kind;

/**
 * RFC 1123, section 2.1: labels of up to 63 letters, digits and hyphens, with no hyphen at their ends, up to 253 characters
 * in all. Labels with hyphens in the third and fourth place (`xn--…`) are left out: whether one is a name takes more than a
 * look at its characters (RFC 5891).
 */
export const hostName: CharacterMachine = {
  ways(state) {
    const kind = state % kinds.count;
    const ofLabel = Math.floor(state / kinds.count) % (most.label + 1);
    const length = Math.floor(state / kinds.count / (most.label + 1));
    const hasRoom = (characters: number): boolean =>
      length + characters <= most.name && ofLabel + characters <= most.label;
    const isReserved = ofLabel === 3 && kind === kinds.hyphen;
    return [
      ...(hasRoom(1) ? [[letters, at(length + 1, ofLabel + 1, kinds.letter)] as const] : []),
      ...(kind !== kinds.none && hasRoom(2) && !isReserved
        ? [[hyphen, at(length + 1, ofLabel + 1, kinds.hyphen)] as const]
        : []),
      ...(kind === kinds.letter && length + 2 <= most.name ? [[dot, at(length + 1, 0, kinds.none)] as const] : []),
    ];
  },
  accepts: (state) => state % kinds.count === kinds.letter,
};
