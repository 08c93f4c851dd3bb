import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse, parseAllDocuments } from "yaml";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { root } from "../../testing/repository.ts";

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** Files below deploy/ that are no objects of Kubernetes. */
const others = new Set(["kustomization.yaml", "endpoint-picker-config.yaml", "endpoints.yaml"]);

export const deployed = (path: string): string => readFileSync(`${root}deploy/${path}`, "utf8");

/** A YAML file below deploy/ as data, of the form that its test says. */
export const deployedYaml = <T>(path: string): T => parse(deployed(path)) as T;

/** All objects of Kubernetes below deploy/, by the file that has them. */
export function manifests(): readonly { readonly file: string; readonly manifest: Manifest }[] {
  const files = globSync("**/*.yaml", { cwd: `${root}deploy` }).filter((file) => !others.has(basename(file)));
  return files.sort().flatMap((file) =>
    parseAllDocuments(deployed(file)).map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return { file, manifest: document.toJS() as Manifest };
    }),
  );
}

/** The object of a kind and name. */
export function manifestOf<Spec>(kind: string, name = "helium"): Manifest & { readonly spec: Spec } {
  const found = manifests().find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`deploy/ has no ${kind} ${name}`);
  return found.manifest as Manifest & { readonly spec: Spec };
}

interface Schemas {
  readonly kinds: Readonly<Record<string, object>>;
  readonly $defs: object;
}

/** What checks a manifest against the schema of its kind; null for a kind that fixtures/kubernetes-schemas.json.gz has not. */
export function manifestValidator(): (manifest: Manifest) => ValidateFunction | null {
  const packed = readFileSync(`${root}fixtures/kubernetes-schemas.json.gz`);
  const { kinds, $defs } = JSON.parse(gunzipSync(packed).toString()) as Schemas;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  return ({ apiVersion, kind }) => {
    const schema = kinds[`${apiVersion}/${kind}`];
    return schema === undefined ? null : ajv.compile({ ...schema, $defs });
  };
}
