import { afterAll, beforeAll, describe } from "vitest";
import { backends } from "../../src/backends/registry.ts";
import { backendContract } from "../contracts/backend.ts";
import { backendOf, formatOf } from "../fixtures/backends.ts";
import { type FaultServer, startFaultServer } from "../fixtures/fault-server.ts";

let server: FaultServer;
beforeAll(async () => {
	server = await startFaultServer();
});
afterAll(() => server.close());

for (const { name } of backends.filter(({ kind }) => kind === "api" || kind === "local")) {
	describe(name, () => {
		backendContract({
			answering: () => backendOf({ type: name, baseUrl: server.url(formatOf(name)) }),
			silent: () => backendOf({ type: name, baseUrl: server.url(formatOf(name), "hang before headers") }),
		});
	});
}

describe("simulated", () => {
	backendContract({
		answering: () => backendOf({ type: "simulated", options: { script: [{ answer: "Paris" }, { answer: "Still Paris" }] } }),
		silent: () => backendOf({ type: "simulated", options: { script: [{ wait: 60_000 }] } }),
	});
});
