import { openTurn } from "../core/session.ts";
import { SessionBusyError, SessionError } from "../errors.ts";
import { readSession } from "../sessions/reading.ts";
import { text } from "./documents.ts";
import { type Execution, runIn } from "./execution.ts";
import type { Registry } from "./registry.ts";
import { teamFor } from "./team.ts";
import { toolsOf } from "./tools.ts";

/** An interrupted session, ready to go on: with the team and the limits that it began with, and its agent's tools. */
export async function resumption(registry: Registry, id: string): Promise<Execution> {
	const store = await registry.open(id);
	try {
		const holder = await store.holder();
		if (holder) throw new SessionBusyError(id, holder);
		const { session } = await readSession(store);
		if (!openTurn(session)) {
			throw new SessionError("nothing_to_continue", `Session ${id} has no turn that is open.`, {
				sessionId: id,
				hint: "get() tells how it ended; create() makes a new one.",
			});
		}
		const agent = registry.agent(text(session.metadata?.agent_id));
		const { directory, home, env } = { directory: agent.places.cwd, home: agent.places.home, env: agent.options.env };
		const loaded = teamFor({ directory, home, ...(env === undefined ? {} : { env }) }, session.config);
		return {
			sessionId: id,
			run: (hooks) => runIn(agent, store, { loaded, toolsOf: toolsOf(agent.tools), hooks }).finally(() => store.close()),
		};
	} catch (error) {
		await store.close();
		throw error;
	}
}
