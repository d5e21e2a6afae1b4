import { createSession } from "../checkpoint/session-directory.ts";
import { SessionError } from "../errors.ts";
import { historyItems } from "../sessions/history.ts";
import { isItem } from "../sessions/items.ts";
import { readSession } from "../sessions/reading.ts";
import { messages } from "../sessions/window.ts";
import { type Context, contextText } from "./context.ts";
import { type Reading, type RunDocument, runDocument, text } from "./documents.ts";
import { checkedText, inTime, runIn } from "./execution.ts";
import { closeLog, openLog } from "./opening.ts";
import type { Registry } from "./registry.ts";
import { toolsOf } from "./tools.ts";

export type ConversationOptions = {
	readonly agentId?: string;
	/** What the agents are told here instead of their own words of the system. */
	readonly systemOverride?: string;
	/** How many earlier messages the agents are shown, the newest; all if not given. What is stored is never cut. */
	readonly maxHistory?: number;
	/** Data that the agents are shown with every message. */
	readonly context?: Context;
};

export type ConversationMessage = { readonly role: string; readonly content: unknown; readonly [key: string]: unknown };

export type SendOptions = { readonly signal?: AbortSignal };

/** A conversation and what was said in it so far. */
export class Conversation {
	readonly id: string;
	readonly #conversations: Conversations;
	#messages: readonly ConversationMessage[];

	constructor(id: string, conversations: Conversations, said: readonly ConversationMessage[]) {
		this.id = id;
		this.#conversations = conversations;
		this.#messages = said;
	}

	/** Two more after each message that was sent here. */
	get messages(): readonly ConversationMessage[] {
		return this.#messages;
	}

	async send(content: string, options: SendOptions = {}): Promise<RunDocument> {
		try {
			return await this.#conversations.send(this.id, content, options);
		} finally {
			this.#messages = await this.#conversations.messages(this.id);
		}
	}

	close(): Promise<void> {
		return this.#conversations.close(this.id);
	}
}

export class Conversations {
	readonly #registry: Registry;

	constructor(registry: Registry) {
		this.#registry = registry;
	}

	async create({ agentId, systemOverride, maxHistory, context }: ConversationOptions = {}): Promise<Conversation> {
		const agent = this.#registry.agent(agentId);
		if (systemOverride !== undefined) checkedText(systemOverride, "systemOverride", '"You are a helpful coding assistant."');
		if (maxHistory !== undefined && !(Number.isSafeInteger(maxHistory) && maxHistory >= 0))
			throw new SessionError("invalid_request", `maxHistory is ${String(maxHistory)}.`, { hint: "Give a whole number from 0." });
		await contextText(context, agent.places.cwd);
		const loaded = await agent.team(systemOverride === undefined ? {} : { systemMessage: systemOverride });
		const { cwd, home } = this.#registry.places;
		const store = await createSession(cwd, { home });
		try {
			await openLog(store, {
				config: loaded.team.stored,
				configPath: loaded.team.path,
				system: systemOverride,
				metadata: {
					kind: "chat",
					agent_id: agent.id,
					...(maxHistory === undefined ? {} : { max_history: maxHistory }),
					...(context === undefined ? {} : { context }),
				},
			});
			return new Conversation(store.id, this, await this.messages(store.id));
		} finally {
			await store.close();
		}
	}

	/** One that was made before, here or in another process. */
	async get(id: string): Promise<Conversation> {
		return new Conversation(id, this, await this.messages(id));
	}

	/**
	 * Says something and resolves with what came of it. Throws `SessionError`: `session_busy` while an answer is being worked
	 * on, `conversation_closed` after `close`; and `TimeoutError` if the time was up.
	 */
	async send(id: string, content: string, { signal }: SendOptions = {}): Promise<RunDocument> {
		checkedText(content, "message", 'conversation.send("What is machine learning?")');
		return this.#registry.within(id, async (store) => {
			const { session } = await readSession(store);
			const { metadata = {}, system } = session;
			if (session.isClosed)
				throw new SessionError("conversation_closed", `Conversation ${id} is closed.`, { sessionId: id, hint: "Begin a new one." });
			const agent = this.#registry.agent(text(metadata.agent_id));
			const loaded = await agent.team(system === undefined ? {} : { systemMessage: system });
			const document = await runIn(agent, store, {
				loaded,
				question: content,
				context: await contextText(metadata.context, agent.places.cwd),
				maxHistory: typeof metadata.max_history === "number" ? metadata.max_history : undefined,
				toolsOf: toolsOf(agent.tools),
				hooks: { signal },
			});
			inTime(document);
			return lastRun(await readSession(store));
		});
	}

	/** What was said, oldest first, the words of the system before all. */
	async messages(id: string): Promise<readonly ConversationMessage[]> {
		return this.#registry.within(id, async (store) => {
			const { session } = await readSession(store);
			return messages(historyItems(session).filter(isItem), { system: session.system }).filter(isMessage);
		});
	}

	/** Ends it: it can be read, and nothing more is said in it. A second time it changes nothing. */
	async close(id: string): Promise<void> {
		await this.#registry.within(id, async (store) => {
			await closeLog(store);
		});
	}
}

function lastRun({ session, events }: Reading): RunDocument {
	const last = session.turns.at(-1);
	if (last) return runDocument(last, events, false);
	throw new SessionError("internal", `Conversation ${session.id} has no turn.`, { sessionId: session.id });
}

function isMessage(item: Readonly<Record<string, unknown>>): item is ConversationMessage {
	return typeof item.role === "string";
}
