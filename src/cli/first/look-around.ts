/** What this machine has to make a team of. */
import { type DetectedCli, detectClis } from "../../backends/cli-detect.ts";
import { detect, type Found } from "../../config/detect.ts";
import { shippedRegistries } from "../../config/load.ts";
import type { Environment } from "../../config/values.ts";

/** So many keys are a team: nothing else is looked for. */
const enough = 3;

/** For a question that waits: no program is asked for its version, and nobody gets more than a moment. */
export async function glanceAround(env: Environment): Promise<Found> {
	const keys = await detect({ env, registries: { ...shippedRegistries, backends: hosted }, fetch, clis: async () => [] });
	if (keys.keys.length >= enough) return keys;
	return await detect({
		env,
		registries: shippedRegistries,
		fetch,
		clis: async () => usable(await detectClis({ env, versions: false, patienceMs: 1500 })),
	});
}

const hosted = shippedRegistries.backends.filter(({ kind }) => kind === "api");

/** For somebody who asked what is there: with versions, and with the CLIs that are missing or logged out. */
export async function lookAround(env: Environment): Promise<{ readonly found: Found; readonly clis: readonly DetectedCli[] }> {
	let clis: readonly DetectedCli[] = [];
	const found = await detect({
		env,
		registries: shippedRegistries,
		fetch,
		patienceMs: 1500,
		clis: async () => {
			clis = await detectClis({ env });
			return usable(clis);
		},
	});
	return { found, clis };
}

/** Those that are logged in; where none is, those that only their provider could tell about. */
function usable(clis: readonly DetectedCli[]): Found["clis"] {
	const installed = clis.filter(({ path }) => path !== undefined);
	const sure = installed.filter(({ login }) => login === "yes");
	const chosen = sure.length > 0 ? sure : installed.filter(({ login }) => login === "unknown");
	return chosen.map(({ name, title }) => ({ backend: name, title }));
}
