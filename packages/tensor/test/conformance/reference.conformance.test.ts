import { describeBackend } from "@helium-lm/tensor/conformance";
import { conformanceBackends } from "./conformance-backends.ts";

describeBackend(conformanceBackends.reference);
