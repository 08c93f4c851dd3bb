/**
 * `node scripts/deploy/derive-schemas.ts FOLDER CRD…` writes fixtures/kubernetes-schemas.json.gz: JSON schemas of the kinds that
 * deploy/ has, strict ones, without what is only prose. FOLDER is `v1.37.0-local-strict` of the PyPI package kubernetes-validate
 * 1.37.0; the CRDs are those of Gateway API v1.5.1 (standard Gateway and HTTPRoute) and of its Inference Extension v1.5.0
 * (InferencePool). All three are under the Apache License 2.0.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";

type Schema = { readonly [key: string]: unknown };

const kinds: Readonly<Record<string, string>> = {
  "v1/ConfigMap": "configmap-v1",
  "v1/Service": "service-v1",
  "v1/ServiceAccount": "serviceaccount-v1",
  "apps/v1/Deployment": "deployment-apps-v1",
  "policy/v1/PodDisruptionBudget": "poddisruptionbudget-policy-v1",
  "autoscaling/v2/HorizontalPodAutoscaler": "horizontalpodautoscaler-autoscaling-v2",
  "networking.k8s.io/v1/NetworkPolicy": "networkpolicy-networking-v1",
  "rbac.authorization.k8s.io/v1/Role": "role-rbac-v1",
  "rbac.authorization.k8s.io/v1/RoleBinding": "rolebinding-rbac-v1",
};

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const [folder = "", ...crds] = process.argv.slice(2);
const read = (name: string): Schema => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Schema;
const all = read("_definitions")["$defs"] as Readonly<Record<string, Schema>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const prose = new Set(["description", "default", "example", "$schema", "$id", "format"]);

/** A schema without prose; references are to `#/$defs`, and objects of CRDs have no other fields than those named. */
function lean(value: unknown, isCrd: boolean, isSchema = true): unknown {
  if (Array.isArray(value)) return value.map((each) => lean(each, isCrd));
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !isSchema || !(prose.has(key) || key.startsWith("x-kubernetes-")))
    .map(([key, each]) => {
      if (key === "$ref" && typeof each === "string") return [key, `#/$defs/${nameOf(each)}`];
      return [key, lean(each, isCrd, !isSchema || !["properties", "$defs"].includes(key))];
    });
  const made = Object.fromEntries(entries) as Record<string, unknown>;
  const isClosed =
    value["properties"] && !value["additionalProperties"] && !value["x-kubernetes-preserve-unknown-fields"];
  if (isCrd && isSchema && isClosed) made["additionalProperties"] = false;
  return made;
}

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

const $defs: Record<string, unknown> = {};

/** Takes over what a schema refers to, directly or not. */
function follow(value: unknown): void {
  if (Array.isArray(value)) value.forEach(follow);
  else if (isObject(value))
    for (const [key, each] of Object.entries(value)) {
      if (key !== "$ref" || typeof each !== "string") follow(each);
      else if (!($defs[nameOf(each)] ?? null)) {
        const target = lean(all[nameOf(each)], false);
        $defs[nameOf(each)] = target;
        follow(target);
      }
    }
}

const roots: Record<string, unknown> = {};
for (const [kind, file] of Object.entries(kinds)) {
  roots[kind] = lean(read(file), false);
  follow(roots[kind]);
}
for (const file of crds) {
  const { spec } = parse(readFileSync(file, "utf8")) as Crd;
  for (const { name, schema } of spec.versions) {
    const made = lean(schema.openAPIV3Schema, true) as { properties: Record<string, unknown> };
    // CRDs leave this one to Kubernetes.
    made.properties["metadata"] = { $ref: "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };
    roots[`${spec.group}/${name}/${spec.names.kind}`] = made;
  }
}
const about = {
  licence: "Apache-2.0",
  from: "Kubernetes v1.37.0, Gateway API v1.5.1, Gateway API Inference Extension v1.5.0",
  by: "scripts/deploy/derive-schemas.ts",
};
const text = JSON.stringify({ about, kinds: roots, $defs });
writeFileSync(new URL("../../fixtures/kubernetes-schemas.json.gz", import.meta.url), gzipSync(text, { level: 9 }));
console.log(`${Object.keys(roots).length} kinds, ${Object.keys($defs).length} definitions, ${text.length} bytes`);
