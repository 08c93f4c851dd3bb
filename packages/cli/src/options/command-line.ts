/** A command line that was read: options by their camel-cased names, and what is no option. */
export interface CommandLine<V> {
  readonly options: V;
  readonly positionals: readonly string[];
}
