import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/**
 * An OpenAI-compatible server whose answers depend on the request alone: a draft first, later a vote for the first name it
 * may vote for. It keeps a journal, and can be told to hold back its answers from the n-th call on.
 */
export type ModelServer = {
	readonly url: string;
	/** The model of every call that arrived, and whether it was answered to the end. */
	readonly calls: { readonly model: string; readonly task: "answer" | "vote"; readonly usage: Tokens; answered: boolean }[];
	/** What was asked, as it was sent. */
	readonly asked: readonly string[];
	/** Resolves once so many calls have arrived. */
	arrived(count: number): Promise<void>;
	/** From now on answers are complete. */
	release(): void;
};

type Body = {
	readonly model: string;
	readonly messages: readonly { role: string; content?: unknown }[];
	readonly tools?: readonly { function: { name: string; parameters: unknown } }[];
};

export type Tokens = { readonly input: number; readonly output: number };

type Behaviour = {
	readonly holdFrom?: number;
	/** Never votes as long as answers are taken, and writes another one each time. */
	readonly stubborn?: boolean;
	/** What a call is said to have used, by the size of its request in bytes. */
	readonly tokens?: (bytes: number) => Tokens;
};

export async function modelServer(behaviour: Behaviour = {}): Promise<ModelServer> {
	const { holdFrom = Number.POSITIVE_INFINITY, stubborn = false, tokens = () => ({ input: 100, output: 10 }) } = behaviour;
	const calls: ModelServer["calls"] = [];
	const asked: string[] = [];
	const waiting: { count: number; resolve: () => void }[] = [];
	let limit = holdFrom;
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			if (!request.url?.startsWith("/v1/")) return void response.writeHead(404).end("no such page");
			const sent = Buffer.concat(chunks).toString("utf8");
			const body: Body = JSON.parse(sent);
			asked.push(sent);
			const last = JSON.stringify(body.messages.at(-1));
			const mayVote = stubborn ? last.includes("No more new answers are taken") : body.messages.some(({ role }) => role === "tool");
			const task = mayVote ? "vote" : "answer";
			const usage = tokens(Buffer.byteLength(sent));
			const call = { model: body.model, task, usage, answered: false } as const;
			const entry: ModelServer["calls"][number] = { ...call };
			calls.push(entry);
			const held = calls.length >= limit;
			for (const { count, resolve } of waiting) if (calls.length >= count) resolve();
			begin(response, body, task);
			if (held) return;
			end(response, body, { task, usage, number: stubborn ? ` Try ${calls.length}.` : "" });
			entry.answered = true;
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		calls,
		asked,
		arrived: (count) => new Promise((resolve) => (calls.length >= count ? resolve() : waiting.push({ count, resolve }))),
		release() {
			limit = Number.POSITIVE_INFINITY;
		},
	};
}

function send(response: ServerResponse, model: string, delta: object, finish: string | null = null): void {
	response.write(
		`data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
	);
}

/** The beginning of an answer, as text that a draft can be saved of. */
function begin(response: ServerResponse, { model }: Body, task: "answer" | "vote"): void {
	response.writeHead(200, { "content-type": "text/event-stream" });
	send(response, model, { role: "assistant", content: `${model} thinks about its ${task}. ` });
}

type Said = { readonly task: "answer" | "vote"; readonly usage: Tokens; readonly number: string };

function end(response: ServerResponse, { model, tools = [] }: Body, { task, usage, number }: Said): void {
	const vote = tools.find((tool) => tool.function.name === "vote");
	const names = JSON.stringify(vote?.function.parameters ?? {}).match(/agent-[a-z0-9]{4}/g) ?? [];
	const input = task === "vote" ? { agent_id: names[0], reason: "The first one." } : { content: `The answer of ${model}.${number}` };
	const ballot = tools.some((tool) => ["vote", "new_answer"].includes(tool.function.name));
	const called = ballot ? (task === "vote" ? "vote" : "new_answer") : (tools[0]?.function.name ?? "");
	if (tools.length === 0) send(response, model, { content: `The answer of ${model}.` });
	else
		send(response, model, {
			tool_calls: [
				{
					index: 0,
					id: "t1",
					type: "function",
					function: { name: called, arguments: JSON.stringify(input) },
				},
			],
		});
	send(response, model, {}, tools.length === 0 ? "stop" : "tool_calls");
	response.write(
		`data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [], usage: { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output } })}\n\n`,
	);
	response.end("data: [DONE]\n\n");
}

/** A team of this server's models. */
export function teamFile(url: string, models: readonly string[]): string {
	const agents = models.map(
		(model) => `  - id: ${model}\n    backend: { type: chatcompletion, model: ${model}, base_url: "${url}", api_key: "\${TEST_KEY}" }`,
	);
	return `agents:\n${agents.join("\n")}\n`;
}
