/** Formats of RFC 3339, section 5.6 and appendix A, as sources of patterns. */

const year = "[0-9]{4}";
/** Every fourth year; of those that end a century, every fourth. Year 0000 is a leap year. */
const leapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
const day30 = "(?:0[1-9]|[12][0-9]|30)";
const day28 = "(?:0[1-9]|1[0-9]|2[0-8])";

/** full-date */
export const date = `(?:${year}-(?:(?:0[13578]|1[02])-(?:${day30}|31)|(?:0[469]|11)-${day30}|02-${day28})|${leapYear}-02-29)`;

const hour = "(?:[01][0-9]|2[0-3])";
const minute = "[0-5][0-9]";
const fraction = "(?:\\.[0-9]+)?";

const plainTime = `${hour}:${minute}:${minute}${fraction}`;
const offset = `(?:[Zz]|[+-]${hour}:${minute})`;

/** full-time but for leap seconds */
export const time = `${plainTime}${offset}`;
/** What stands before the time of a date-time. */
export const dateBeforeTime = `${date}[Tt]`;
/** As ajv-formats has them: the offset may be missing, and a space may stand for the T. */
export const isoTime = `(?:${plainTime}${offset}?)`;
export const isoDateTime = `${date}[Tt ]${isoTime}`;

const timePart = "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)";
const datePart = "(?:[0-9]+D|[0-9]+M(?:[0-9]+D)?|[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?)";

/** Appendix A: no unit is left out between two others, none has a fraction, and weeks stand alone. */
export const duration = `P(?:${datePart}(?:${timePart})?|${timePart}|[0-9]+W)`;
