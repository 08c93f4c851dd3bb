import type { CharacterMachine } from "../character-automaton.ts";
import type { CodePointSet } from "../code-point-set.ts";
import { codePoints } from "../code-point-set.ts";

/** Minutes of a day, and the one in UTC whose second 60 can be a leap second: 23:59. */
const day = 1440;
const lastMinute = day - 1;

const anyDigit = codePoints([0x30, 0x39]);
const digit = (value: number): CodePointSet => codePoints(String(value));

/** Phases by what comes next. A state is phase · 1440 + the minute of the day so far. */
const phases = {
  hours: 0,
  colon: 2,
  minutes: 3,
  seconds: 5,
  end: 8,
  fraction: 9,
  inFraction: 10,
  ahead: 11,
  behind: 16,
  done: 21,
};
const at = (phase: number, minute: number): number => phase * day + minute;

/**
 * `hh:mm:60` with an offset that makes it 23:59:60 in UTC: `23:59:60Z`, `15:59:60.5-08:00`, `01:29:60+01:30`. By RFC 3339,
 * section 5.6 and appendix D, where the days of leap seconds are not looked at.
 */
export const leapSecond: CharacterMachine = {
  ways(state) {
    const phase = Math.floor(state / day);
    const minute = state % day;
    const digits = (count: number, worth: number): [CodePointSet, number][] =>
      Array.from({ length: count }, (_, value) => [digit(value), at(phase + 1, minute + value * worth)]);
    if (phase < phases.colon) return phase === 0 ? digits(3, 600) : digits(minute === 1200 ? 4 : 10, 60);
    if (phase === phases.colon) return [[codePoints(":"), at(phase + 1, minute)]];
    if (phase < phases.seconds) return phase === phases.minutes ? digits(6, 10) : digits(10, 1);
    if (phase < phases.end) return [[codePoints(":60"[phase - phases.seconds] ?? ""), at(phase + 1, minute)]];
    if (phase === phases.fraction) return [[anyDigit, at(phases.inFraction, minute)]];
    if (phase >= phases.ahead) return offsetWays(phase, minute);
    return [
      [codePoints("+"), at(phases.ahead, minute)],
      [codePoints("-"), at(phases.behind, minute)],
      ...(minute === lastMinute ? [[codePoints("Zz"), at(phases.done, 0)] as const] : []),
      phase === phases.end ? [codePoints("."), at(phases.fraction, minute)] : [anyDigit, state],
    ];
  },
  accepts: (state) => state >= at(phases.done, 0),
};

function offsetWays(phase: number, minute: number): readonly (readonly [CodePointSet, number])[] {
  if (phase === phases.done) return [];
  // UTC is the local time less an offset ahead of it, or with one behind it.
  const [from, offset] =
    phase < phases.behind ? [phases.ahead, (minute + 1) % day] : [phases.behind, lastMinute - minute];
  const two = (value: number): string => String(value).padStart(2, "0");
  const text = `${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
  const place = phase - from;
  return [[codePoints(text[place] ?? ""), place + 1 < text.length ? at(phase + 1, minute) : at(phases.done, 0)]];
}
