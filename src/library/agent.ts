import { createMemoryStore } from "../checkpoint/memory.ts";
import type { Loaded } from "../config/load.ts";
import { AgentSession, type SessionMessage } from "../sessions/agent-session.ts";
import type { SessionManager } from "../sessions/manager.ts";
import type { RunEvent } from "../sessions/run-events.ts";
import { fileTools } from "../tools/files.ts";
import { changedTeam, defaultSystem, isMissing, systemOf } from "./agent-team.ts";
import type { SessionDocument } from "./documents.ts";
import { type DeltaEvent, eventStream } from "./event-stream.ts";
import { checkedText, type ExecuteOptions, execution, inTime, outputOf, runIn } from "./execution.ts";
import { openLog } from "./opening.ts";
import { Setup, type SetupOptions } from "./setup.ts";
import { teamFor } from "./team.ts";
import { libraryTool, toolsOf } from "./tools.ts";

export type AgentOptions = SetupOptions & {
	/** Where `chat` finds earlier messages of a session, and saves them after every answer. Without it they live in memory. */
	readonly history?: SessionManager;
};

export type ChatOptions = { readonly sessionId?: string; readonly signal?: AbortSignal };

/** What `execute` resolves with. */
export type ExecuteResult = SessionDocument & {
	/** The output of a completed run; throws `SessionError` for any other. */
	unwrap(): string;
};

/**
 * One model, or a whole team, to talk to and to give goals to. Without a model or a configuration it takes the default
 * configuration, or else a model server that runs on this machine.
 */
export class Agent {
	readonly #setup: Setup;
	readonly #history: SessionManager | undefined;
	readonly #sessions = new Map<string, AgentSession>();
	readonly #recalled = new WeakSet<AgentSession>();
	readonly #queues = new Map<string, Promise<unknown>>();

	constructor(options: AgentOptions = {}) {
		this.#setup = new Setup(options);
		this.#history = options.history;
	}

	get id(): string {
		return this.#setup.id;
	}

	/** For `createClient`. */
	get setup(): Setup {
		return this.#setup;
	}

	/** Names of its tools. */
	get tools(): readonly string[] {
		return this.#setup.tools.map(({ name }) => name);
	}

	/** Lets it look into its directory: `read_file` and `list_directory`, which change nothing. Returns the names of all its tools. */
	loadDefaultTools(): readonly string[] {
		const { tools, places } = this.#setup;
		const fresh = fileTools(places.cwd).filter(({ spec }) => !tools.some(({ name }) => name === spec.name));
		tools.push(...fresh.map(libraryTool));
		return this.tools;
	}

	/** The session of this id as it is in memory; a new one begins with the words of the system. */
	getSession(id = "default"): AgentSession {
		const session = this.#sessions.get(id) ?? new AgentSession(id, this.#system());
		this.#sessions.set(id, session);
		return session;
	}

	/** Forgets what was said in a session, but not what the system said, unless that is asked for too. */
	clearHistory({ sessionId = "default", keepSystem = true }: { readonly sessionId?: string; readonly keepSystem?: boolean } = {}): void {
		this.getSession(sessionId).clearHistory({ keepSystem });
	}

	/**
	 * Says something in a session and resolves with the answer. Both are then part of its messages. Throws `TimeoutError` or
	 * `SessionError` if there is no answer: then the messages are as they were.
	 */
	chat(text: string, { sessionId = "default", signal }: ChatOptions = {}): Promise<string> {
		const before = this.#queues.get(sessionId) ?? Promise.resolve();
		const mine = before.catch(() => {}).then(() => this.#chat(text, sessionId, signal));
		this.#queues.set(sessionId, mine);
		return mine;
	}

	/** The same, as an iterable of events. */
	execute(options: ExecuteOptions & { readonly stream: true; readonly deltas?: boolean }): AsyncIterable<RunEvent | DeltaEvent>;
	/**
	 * Works on a goal until it is reached or a limit is. Resolves with what came of it also if it failed, was cancelled or ran
	 * out of steps: `status` says so. Throws `TimeoutError` if its time was up, and `SessionError` if it could not begin.
	 */
	execute(options: ExecuteOptions & { readonly stream?: false; readonly throwOnFailure?: boolean }): Promise<ExecuteResult>;
	execute(
		options: ExecuteOptions & { readonly stream?: boolean; readonly deltas?: boolean; readonly throwOnFailure?: boolean },
	): AsyncIterable<RunEvent | DeltaEvent> | Promise<ExecuteResult> {
		return options.stream === true ? this.executeStream(options) : this.#execute(options);
	}

	/** Works on a goal and tells what happens; `done` comes last. Whoever stops reading interrupts the run. */
	executeStream(options: ExecuteOptions & { readonly deltas?: boolean }): AsyncGenerator<RunEvent | DeltaEvent, void, undefined> {
		checkedText(options.goal, "goal", 'executeStream({ goal: "Summarise the report" })');
		return eventStream(() => execution(this.#setup, options), { signal: options.signal, deltas: options.deltas ?? false });
	}

	async #execute({
		throwOnFailure = false,
		signal,
		...options
	}: ExecuteOptions & { readonly throwOnFailure?: boolean }): Promise<ExecuteResult> {
		const prepared = await execution(this.#setup, options);
		const document = inTime(await prepared.run({ signal }));
		if (throwOnFailure) outputOf(document);
		return { ...document, unwrap: () => outputOf(document) };
	}

	async #chat(text: string, id: string, signal: AbortSignal | undefined): Promise<string> {
		checkedText(text, "text", 'agent.chat("Hello")');
		const session = this.getSession(id);
		await this.#recall(session);
		const loaded = await this.#told(session);
		const store = createMemoryStore(id);
		try {
			const items = session.messages.filter(({ role }) => role !== "system");
			await openLog(store, { config: loaded.team.stored, metadata: { kind: "chat", agent_id: this.id }, items });
			const document = await runIn(this.#setup, store, { loaded, question: text, toolsOf: toolsOf(this.#setup.tools), hooks: { signal } });
			const answer = outputOf(document);
			session.addMessage({ role: "user", content: text });
			session.addMessage({ role: "assistant", content: answer });
			await this.#history?.saveSession(id, session.messages, { metadata: session.metadata });
			return answer;
		} finally {
			await store.close();
		}
	}

	/** What was saved under this id, unless something else was said in it already. */
	async #recall(session: AgentSession): Promise<void> {
		if (this.#recalled.has(session) || this.#history === undefined) return;
		this.#recalled.add(session);
		const saved = await this.#history.loadSession(session.sessionId);
		if (saved !== null && session.messages.every(({ role }) => role === "system")) session.messages = saved.filter(isMessage);
	}

	/** The team, told what the session's first message says. */
	async #told(session: AgentSession): Promise<Loaded> {
		const loaded = await this.#setup.team();
		const words = session.messages.find(({ role }) => role === "system")?.content;
		if (typeof words !== "string" || words === "") return loaded;
		const own = systemOf(loaded.team);
		// Agents with different words keep them, unless the session was given others than it began with.
		if (words === own || (own === undefined && words === defaultSystem && !isSilent(loaded))) return loaded;
		return changedTeam(loaded, { systemMessage: words }, this.#setup.options);
	}

	#system(): string {
		const { systemMessage } = this.#setup.options;
		if (systemMessage !== undefined) return systemMessage;
		try {
			return systemOf(teamFor(this.#setup.options).team) ?? defaultSystem;
		} catch (error) {
			// Its model is looked for when it is first needed.
			if (isMissing(error)) return defaultSystem;
			throw error;
		}
	}
}

function isMessage(item: Readonly<Record<string, unknown>>): item is SessionMessage {
	return typeof item.role === "string";
}

function isSilent({ team }: Loaded): boolean {
	return team.agents.every(({ systemMessage }) => systemMessage === undefined);
}
