import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../testing/repository.ts";
import { ServerProcess } from "../../testing/serving/server-process.ts";
import { deployedYaml, manifestOf, manifests, manifestValidator, type Manifest } from "./manifest-files.ts";

describe("each manifest", () => {
  const validator = manifestValidator();
  it.each(
    manifests().map(({ file, manifest }) => [`${file} ${manifest.kind} ${manifest.metadata.name}`, manifest] as const),
  )("%s keeps to the schema of its kind", (_, manifest) => {
    const validate = validator(manifest);
    expect(validate).not.toBeNull();
    expect(validate?.(manifest) ? [] : validate?.errors).toEqual([]);
  });

  it("that has a field too many, none where one is needed, or another type, is found", () => {
    const deployment = manifestOf<{ readonly template: object }>("Deployment");
    const route = manifestOf<{ readonly rules: readonly object[] }>("HTTPRoute");
    const pool = manifestOf<{ readonly selector: object }>("InferencePool");
    const mistakes: readonly Manifest[] = [
      { ...deployment, spec: { ...deployment.spec, replica: 3 } },
      { ...deployment, spec: { ...deployment.spec, replicas: "three" } },
      { ...deployment, spec: { template: deployment.spec.template } },
      { ...route, spec: { ...route.spec, rules: [{ ...route.spec.rules[0], timeout: "1s" }] } },
      { ...route, spec: { ...route.spec, rules: [{ ...route.spec.rules[0], timeouts: { request: "1 s" } }] } },
      { ...pool, spec: { selector: pool.spec.selector } },
      { ...pool, spec: { ...pool.spec, extensionRef: { name: "helium" } } },
    ];
    for (const mistake of mistakes) expect(validator(mistake)?.(mistake)).toBe(false);
  });

  it("is named by the kustomization beside it", () => {
    for (const folder of ["kubernetes", "llm-d"]) {
      const { resources } = deployedYaml<{ readonly resources: readonly string[] }>(`${folder}/kustomization.yaml`);
      const files = globSync(`deploy/${folder}/*.yaml`, { cwd: root }).map((file) => basename(file));
      const own = files.filter((file) => !["kustomization.yaml", "endpoint-picker-config.yaml"].includes(file));
      expect(resources.filter((name) => name.endsWith(".yaml")).toSorted()).toEqual(own.toSorted());
    }
  });
});

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly {
      readonly args: readonly string[];
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
      readonly startupProbe: Probe;
      readonly readinessProbe: Probe;
      readonly livenessProbe: Probe;
      readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
      readonly resources: Readonly<Record<"requests" | "limits", { readonly cpu: string }>>;
    }[];
  };
}

const pod = manifestOf<{ readonly template: PodTemplate }>("Deployment").spec.template;
const container = pod.spec.containers[0]!;
/** The value of an option of the command, without its unit. */
const option = (name: string): number =>
  Number(container.args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1]);

describe("the parts fit together", () => {
  it("a replica has the time to end that its options ask for", () => {
    const { preStop } = container.lifecycle;
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      preStop.sleep.seconds + option("drain-timeout") + 10,
    );
    expect(
      manifestOf<{ readonly template: PodTemplate }>("Deployment", "helium-endpoint-picker").spec.template.spec,
    ).toMatchObject({ terminationGracePeriodSeconds: pod.spec.terminationGracePeriodSeconds });
  });

  it("routes wait longer than a request may take", () => {
    const { spec } = manifestOf<{ readonly rules: readonly { readonly timeouts: { readonly request: string } }[] }>(
      "HTTPRoute",
    );
    expect(parseInt(spec.rules[0]!.timeouts.request)).toBeGreaterThan(option("timeout"));
  });

  it("as many threads as processors, and one port for all", () => {
    expect(Number(container.resources.limits.cpu)).toBe(option("threads"));
    expect(container.resources.requests.cpu).toBe(container.resources.limits.cpu);
    const [{ name, containerPort } = { name: "", containerPort: 0 }] = container.ports;
    expect(containerPort).toBe(option("port"));
    const service = manifestOf<{ readonly ports: readonly { readonly targetPort: string }[] }>("Service");
    expect(service.spec.ports[0]?.targetPort).toBe(name);
    const pool = manifestOf<{ readonly targetPorts: readonly { readonly number: number }[] }>("InferencePool");
    expect(pool.spec.targetPorts).toEqual([{ number: containerPort }]);
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
      expect(probe.httpGet.port).toBe(name);
  });

  it("what selects the replicas selects no other pods", () => {
    const label = { "app.kubernetes.io/name": "helium" };
    expect(pod.metadata.labels).toMatchObject(label);
    const selectors = [
      manifestOf<{ readonly selector: object }>("Service").spec.selector,
      manifestOf<{ readonly selector: { readonly matchLabels: object } }>("InferencePool").spec.selector.matchLabels,
      manifestOf<{ readonly selector: { readonly matchLabels: object } }>("PodDisruptionBudget").spec.selector
        .matchLabels,
      manifestOf<{ readonly podSelector: { readonly matchLabels: object } }>("NetworkPolicy").spec.podSelector
        .matchLabels,
    ];
    for (const selector of selectors) expect(selector).toEqual(label);
  });
});

describe("a replica as it is started there", () => {
  const folder = mkdtempSync(join(tmpdir(), "helium-manifests-"));
  let server: ServerProcess;
  beforeAll(async () => {
    writeFileSync(join(folder, "keys.txt"), "a-key\n");
    const given: Readonly<Record<string, string>> = {
      ...{ HELIUM_MODEL: "helium-nano", HELIUM_KV_MEMORY: "64MB", HELIUM_MAX_SEQUENCES: "4" },
    };
    const args = container.args
      .filter((arg) => !/^(serve|--(host|port|threads)=.*)$/.test(arg))
      .map((arg) =>
        arg.replace(/\$\((\w+)\)/g, (_, name: string) => given[name] ?? "").replace("/keys/", `${folder}/`),
      );
    server = await ServerProcess.start([...args, "--threads=1"]);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it("answers its probes without a key, readiness at another path than liveness", async () => {
    expect(container.readinessProbe.httpGet.path).not.toBe(container.livenessProbe.httpGet.path);
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
      expect((await fetch(server.url + probe.httpGet.path)).status).toBe(200);
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(401);
  });

  it("tells the figures that the autoscaler and llm-d's endpoint picker are told to read", async () => {
    const figures = await server.figures();
    const hpa = manifestOf<{
      readonly metrics: readonly { readonly pods: { readonly metric: { readonly name: string } } }[];
    }>("HorizontalPodAutoscaler");
    const read = hpa.spec.metrics.map(({ pods }) => pods.metric.name);
    expect(read).toHaveLength(2);
    for (const name of [...read, ...picker().specs]) expect(figures.has(name)).toBe(true);
  });
});

interface PickerConfig {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plugins: readonly {
    readonly type: string;
    readonly name?: string;
    readonly parameters?: {
      readonly defaultEngine?: string;
      readonly engineConfigs?: readonly Record<string, string>[];
    };
  }[];
  readonly schedulingProfiles: readonly {
    readonly name: string;
    readonly plugins: readonly { readonly pluginRef: string }[];
  }[];
  readonly dataLayer?: { readonly discovery: { readonly pluginRef: string } };
}

/** The endpoint picker's configuration, and the names of figures in it. */
function picker(path = "llm-d/endpoint-picker-config.yaml"): {
  readonly config: PickerConfig;
  readonly specs: readonly string[];
} {
  const config = deployedYaml<PickerConfig>(path);
  const engines = config.plugins.flatMap(({ parameters }) => parameters?.engineConfigs ?? []);
  return { config, specs: engines.flatMap(({ name: _, ...specs }) => Object.values(specs)) };
}

describe("the endpoint picker's configuration", () => {
  // The keys and plugins that llm-d-router v0.10.0 reads: apix/config/v1alpha1, extractor/metrics/factories.go and the runner.
  const fields = ["name", "queuedRequestsSpec", "runningRequestsSpec", "kvUsageSpec", "loraSpec", "cacheInfoSpec"];
  const types = [
    ...["queue-scorer", "kv-cache-utilization-scorer", "prefix-cache-scorer"],
    ...["metrics-data-source", "core-metrics-extractor", "file-discovery"],
  ];

  it.each(["llm-d/endpoint-picker-config.yaml", "llm-d/without-kubernetes/endpoint-picker-config.yaml"])(
    "%s names plugins and figures that there are",
    (path) => {
      const { config, specs } = picker(path);
      expect(config).toMatchObject({ apiVersion: "llm-d.ai/v1alpha1", kind: "EndpointPickerConfig" });
      const names = config.plugins.map(({ type, name = type }) => name);
      expect(types).toEqual(expect.arrayContaining(config.plugins.map(({ type }) => type)));
      const refs = config.schedulingProfiles.flatMap(({ plugins }) => plugins.map(({ pluginRef }) => pluginRef));
      expect(names).toEqual(
        expect.arrayContaining([...refs, ...(config.dataLayer ? [config.dataLayer.discovery.pluginRef] : [])]),
      );
      const engines = config.plugins.flatMap(({ parameters }) => parameters?.engineConfigs ?? []);
      for (const engine of engines) expect(fields).toEqual(expect.arrayContaining(Object.keys(engine)));
      expect(engines.map(({ name }) => name)).toEqual([pod.metadata.labels["llm-d.ai/engine-type"]]);
      expect(specs).toHaveLength(4);
    },
  );

  it("is the same with and without Kubernetes, but for the discovery", () => {
    const { dataLayer, ...without } = picker("llm-d/without-kubernetes/endpoint-picker-config.yaml").config;
    expect(dataLayer).toEqual({ discovery: { pluginRef: "file-discovery" } });
    const plugins = without.plugins.filter(({ type }) => type !== "file-discovery");
    expect({ ...without, plugins }).toEqual(picker().config);
    const { endpoints } = deployedYaml<{
      readonly endpoints: readonly { readonly address: string; readonly port: unknown; readonly labels: object }[];
    }>("llm-d/without-kubernetes/endpoints.yaml");
    for (const { address, port, labels } of endpoints) {
      expect(address).toMatch(/^\d+(\.\d+){3}$/);
      // A number would be refused.
      expect(port).toBe("8000");
      expect(labels).toEqual({ "llm-d.ai/engine-type": "helium" });
    }
  });
});
