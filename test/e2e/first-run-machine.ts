import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { detect } from "../../src/config/detect.ts";
import { shippedRegistries } from "../../src/config/load.ts";

/** Finds no coding CLI of the machine that the tests run on. */
export const bare = { PATH: "" };

const found = await detect({ env: {}, registries: shippedRegistries, fetch, clis: async () => [] });

/** A model server listens at one of the usual ports here: tests of a machine with nothing on it cannot run. */
export const hasServers = found.servers.length > 0;

/** A base URL at which nothing listens. */
export async function closedAddress(): Promise<string> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return `http://127.0.0.1:${port}/v1`;
}
