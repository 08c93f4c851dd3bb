/** A package.json. */
export interface PackedManifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<
    Record<string, { readonly import: { readonly types: string; readonly default: string } } | string>
  >;
}

export declare function unpackPackages(name: string): {
  readonly folder: string;
  readonly manifests: readonly PackedManifest[];
  readonly archives: readonly string[];
  readonly bytes: Readonly<Record<string, number>>;
};
