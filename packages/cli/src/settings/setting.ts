/** A value that somebody gave an option beforehand. */
export interface Setting {
  /** The command it is for; null: all that have such an option. */
  readonly command: string | null;
  /** Name of the option, camel-cased. */
  readonly key: string;
  /** As on the command line; of an option without a value, whether it is on. */
  readonly given: string | boolean;
  /** Where it stands, as messages name it: `HELIUM_MODEL`, or the file with the line. */
  readonly source: string;
}

/** Settings of one place, or of several that count the same; no option has two. */
export type SettingLayer = readonly Setting[];
