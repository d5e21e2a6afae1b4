import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionError, TimeoutError } from "../../src/errors.ts";
import { Agent } from "../../src/library/agent.ts";
import { run } from "../../src/library/run.ts";
import { runLog } from "../../src/library/run-log.ts";
import { withRetry } from "../../src/sessions/retry.ts";
import { endless, place, scripted, team } from "./place.ts";

const looking = scripted([
	{ think: "I need the figures." },
	{ call: { tool: "figures", input: { year: 2025 } } },
	{ say: "Sales were 7." },
]);

function figures(asked: unknown[] = []) {
	return {
		name: "figures",
		description: "Sales of a year.",
		inputSchema: { type: "object", properties: { year: { type: "integer" } }, required: ["year"] },
		readOnly: true,
		execute: ({ year }: { year: number }) => {
			asked.push(year);
			return { year, sales: 7 };
		},
	};
}

test("R1, R3, R13, R14, R32: a goal is reached with steps, output and numbers", async () => {
	const asked: unknown[] = [];
	const agent = new Agent({ id: "analyst", config: looking, tools: [figures(asked)], ...place() });
	const result = await agent.execute({ goal: "Analyse the sales" });
	expect(result).toMatchObject({
		kind: "task",
		agent_id: "analyst",
		goal: "Analyse the sales",
		status: "completed",
		error: null,
		tool_calls: 1,
		turns: 1,
		usage_estimated: false,
	});
	expect(result.output).toContain("Sales were 7.");
	expect(result.unwrap()).toBe(result.output);
	expect(asked).toEqual([2025]);
	expect(result.steps.map(({ number, type, tool_name, agent_id }) => [number, type, tool_name, agent_id])).toEqual([
		[1, "thinking", undefined, "writer"],
		[2, "tool_call", "figures", "writer"],
		[3, "tool_result", "figures", "writer"],
		[4, "output", undefined, "writer"],
	]);
	expect(result.steps[2]).toMatchObject({ input: { year: 2025 }, output: '{"year":2025,"sales":7}' });
	expect(result.tokens_used).toBe(result.input_tokens + result.output_tokens);
	expect(result.usage).toEqual({
		input_tokens: result.input_tokens,
		output_tokens: result.output_tokens,
		total_tokens: result.tokens_used,
	});
	expect(result.duration_ms).toBeGreaterThanOrEqual(0);
	expect(JSON.parse(JSON.stringify(result)).session_id).toBe(result.id);
});

test("R1: a team works on a goal as one agent does", async () => {
	const result = await new Agent({ config: team(3), ...place() }).execute({ goal: "What is the capital of France?" });
	expect(result.status).toBe("completed");
	expect(new Set(result.steps.map(({ agent_id }) => agent_id)).size).toBe(3);
});

test("R4: the context is a text, data or a file, and the agents read it after the goal", async () => {
	const at = place();
	writeFileSync(join(at.directory, "report.md"), "Revenue rose.");
	writeFileSync(join(at.directory, "scan.pdf"), Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 0xff]));
	const seen: string[] = [];
	const agent = new Agent({
		config: scripted([{ call: { tool: "look", input: {} } }, { say: "ok" }]),
		tools: [{ name: "look", description: "", execute: () => "x" }],
		...at,
	});
	for (const context of ["A long text", { order: { id: "ORD-123" } }, { file_path: "report.md", file_type: "md" }, {}]) {
		const { session_id, context: stored } = await agent.execute({ goal: "Summarise", context });
		const opened = await contextOf(at, session_id);
		seen.push(opened ?? "none");
		expect(stored).toEqual(context);
	}
	expect(seen).toEqual(["A long text", '{\n  "order": {\n    "id": "ORD-123"\n  }\n}', "The file report.md (md):\nRevenue rose.", "none"]);
	for (const [context, message] of [
		[{ file_path: "missing.md" }, "cannot be read"],
		[{ file_path: "scan.pdf" }, "not a text file"],
		[{ file_path: "." }, "is no file"],
	] as const)
		await expect(agent.execute({ goal: "Summarise", context })).rejects.toMatchObject({
			code: "invalid_request",
			message: expect.stringContaining(message),
		});
});

/** What the log says the agents were told beside the goal. */
async function contextOf(at: { directory: string; home: string }, id: string): Promise<string | undefined> {
	const { openSession, sessionPath } = await import("../../src/checkpoint/session-directory.ts");
	const { readSession } = await import("../../src/sessions/reading.ts");
	const store = await openSession(sessionPath(at.directory, id));
	try {
		return (await readSession(store)).session.turns[0]?.turn.context;
	} finally {
		await store.close();
	}
}

test("R5, R15: out of steps a run ends as max_steps_reached, and its session says so", async () => {
	const calls = Array.from({ length: 20 }, (_, index) => ({ call: { tool: "figures", input: { year: index } } }));
	const agent = new Agent({ config: scripted(calls), tools: [figures()], ...place() });
	const result = await agent.execute({ goal: "Quick task", maxSteps: 5 });
	expect(result).toMatchObject({ status: "max_steps_reached", output: null, error: { code: "max_steps_reached" }, tool_calls: 5 });
	expect(() => result.unwrap()).toThrow(expect.objectContaining({ code: "max_steps_reached", sessionId: result.id }));
	expect((await agent.execute({ goal: "Usual task" })).tool_calls).toBe(10);
});

test("R6: what a run may write is bounded; beyond it fails with token_limit_exceeded", async () => {
	const talk = Array.from({ length: 9 }, () => ({
		together: [{ say: "word ".repeat(100) }, { call: { tool: "figures", input: { year: 1 } } }],
	}));
	const agent = new Agent({ config: scripted(talk), tools: [figures()], ...place() });
	const result = await agent.execute({ goal: "Talk", maxTokens: 300 });
	expect(result).toMatchObject({ status: "failed", error: { code: "token_limit_exceeded" } });
	expect(result.output_tokens).toBeGreaterThanOrEqual(300);
	expect(result.output_tokens).toBeLessThan(600);
});

test("R6: every reply of a model is asked to stay within the bound", async () => {
	const at = place();
	const { limitedTeam } = await import("../../src/library/agent-team.ts");
	const { teamFor } = await import("../../src/library/team.ts");
	const { team: loaded } = teamFor({ model: "gpt-4o", ...at, env: { OPENAI_API_KEY: "k" } });
	const limits = { maxSteps: 10, maxTokens: 4000, timeoutSeconds: 120 };
	expect(limitedTeam(loaded, limits).agents[0]).toMatchObject({ options: { maxTokens: 4000 }, secretOptions: { maxTokens: 4000 } });
	const own = {
		...loaded,
		agents: loaded.agents.map((agent) => ({ ...agent, options: { maxTokens: 50 }, secretOptions: { maxTokens: 50 } })),
	};
	expect(limitedTeam(own, limits).agents[0]?.secretOptions.maxTokens).toBe(50);
	expect(limitedTeam(loaded, limits)).toMatchObject({ rules: { maxSteps: 10 }, limits: { timeMs: 120_000, outputTokens: 4000 } });
});

test("R7, R28: out of time a call throws TimeoutError with the session, whose state is timeout", async () => {
	const ended: string[] = [];
	const agent = new Agent({ config: endless, onRunEnd: ({ status }) => void ended.push(status), ...place() });
	const error = await agent.execute({ goal: "Task", timeoutSeconds: 0.2 }).catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(TimeoutError);
	expect(error).toBeInstanceOf(SessionError);
	expect(error).toMatchObject({ name: "TimeoutError", code: "timeout", sessionId: expect.stringMatching(/^session_/) });
	expect(ended).toEqual(["timeout"]);
});

test("R8: tools are restricted to those that are named, and an unknown name is refused", async () => {
	const agent = new Agent({ config: looking, tools: [figures(), { name: "other", description: "", execute: () => "" }], ...place() });
	const result = await agent.execute({ goal: "Analyse", tools: ["other"] });
	expect(result.steps.find(({ type }) => type === "error")).toMatchObject({
		tool_name: "figures",
		output: expect.stringContaining("The tools: other"),
	});
	await expect(agent.execute({ goal: "Analyse", tools: ["web_search"] })).rejects.toMatchObject({
		code: "invalid_request",
		message: "There is no tool web_search.",
		hint: "There are: figures, other.",
	});
});

test("R9: another model for one run, and the agent's own in the next", async () => {
	const at = place();
	const agent = new Agent({ config: scripted([{ say: "ok" }]), ...at });
	const models = [];
	for (const model of ["bigger", undefined]) {
		const { session_id } = await agent.execute({ goal: "Task", ...(model === undefined ? {} : { model }) });
		const metadata = JSON.parse(readFileSync(join(at.directory, ".massgen/sessions", session_id, "turn_1/metadata.json"), "utf8"));
		models.push(metadata.models);
	}
	expect(models).toEqual([{ writer: "bigger" }, undefined]);
});

test("R12: a goal is required, and limits are checked, before anything is written", async () => {
	const at = place();
	const agent = new Agent({ config: looking, ...at });
	for (const options of [
		{ goal: "" },
		{ goal: " " },
		{ goal: undefined as never },
		{ goal: "x", maxSteps: 0 },
		{ goal: "x", maxTokens: 1.5 },
		{ goal: "x", timeoutSeconds: -1 },
		{ goal: "x", context: [] as never },
	])
		await expect(agent.execute(options)).rejects.toMatchObject({ name: "SessionError", code: "invalid_request" });
	expect(() => agent.executeStream({ goal: "" })).toThrow(SessionError);
	await expect(new Agent({ model: "gpt-4o", ...at }).execute({ goal: "x" })).rejects.toMatchObject({ code: "key-missing" });
	expect(existsSync(join(at.directory, ".massgen"))).toBe(false);
});

test("R34, R35: a failed run resolves with its error, and throws it only when asked to", async () => {
	const failing = (kind: "auth" | "context-too-long") =>
		new Agent({ config: scripted([{ fail: { kind, message: `because of ${kind}` } }]), ...place() });
	const result = await failing("auth").execute({ goal: "Task" });
	expect(result).toMatchObject({
		status: "failed",
		output: null,
		error: { code: "provider_error", message: expect.stringContaining("because of auth") },
	});
	expect((await failing("context-too-long").execute({ goal: "Task" })).error?.code).toBe("context_too_long");
	const error = await failing("auth")
		.execute({ goal: "Task", throwOnFailure: true })
		.catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(SessionError);
	expect(error).toMatchObject({
		code: "provider_error",
		sessionId: expect.any(String),
		message: expect.stringContaining("because of auth"),
	});
});

test("R36: a run that fails can be tried again with withRetry", async () => {
	const agent = new Agent({ config: scripted([{ fail: { kind: "auth", times: 1 } }, { say: "ok" }]), ...place() });
	let tries = 0;
	const work = withRetry(
		async () => {
			tries++;
			return (await agent.execute({ goal: "Task" })).unwrap();
		},
		{
			attempts: 2,
			minMs: 0,
			isRetryable: (error) => error instanceof SessionError && error.code === "provider_error",
			sleep: async () => {},
		},
	);
	await work.catch(() => {});
	expect(tries).toBeGreaterThan(0);
	expect(tries).toBeLessThanOrEqual(2);
});

test("R42: a hook hears of every run, and a line per run can be kept in a file", async () => {
	const at = place();
	const path = join(at.directory, "logs/runs.jsonl");
	const agent = new Agent({ id: "a", config: scripted([{ say: "ok" }]), onRunEnd: runLog(path), ...at });
	const { session_id } = await agent.execute({ goal: "Task" });
	await agent.chat("Hello");
	const lines = readFileSync(path, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(lines).toMatchObject([
		{ session_id, agent_id: "a", kind: "task", status: "completed", error: null, tool_calls: 0 },
		{ session_id: "default", kind: "chat", status: "completed" },
	]);
	expect(readFileSync(path, "utf8")).not.toContain("Hello");
});

test("a run in memory leaves no file, and an interrupted one can be resumed as any session", async () => {
	const at = place();
	await new Agent({ config: looking, tools: [figures()], ...at }).execute({ goal: "Analyse", inMemory: true });
	expect(readdirSync(at.directory)).toEqual([]);
	const result = await new Agent({ config: endless, ...at }).execute({ goal: "Task", signal: AbortSignal.timeout(100) });
	expect(result).toMatchObject({ status: "interrupted", error: { code: "interrupted" }, ended_at: null });
	const signal = AbortSignal.timeout(50);
	expect(await run({ session: result.id, signal, ...at })).toMatchObject({ session_id: result.id, turn: 1, outcome: "interrupted" });
});

test("loadDefaultTools gives what exists: reading files and directories of the agent's directory", async () => {
	const at = place();
	writeFileSync(join(at.directory, "notes.txt"), "The code is 42.");
	const script = scripted([
		{ call: { tool: "list_directory", input: {} } },
		{ call: { tool: "read_file", input: { path: "notes.txt" } } },
		{ say: "42" },
	]);
	const agent = new Agent({ config: script, ...at });
	expect(agent.loadDefaultTools()).toEqual(["read_file", "list_directory"]);
	expect(agent.loadDefaultTools()).toEqual(["read_file", "list_directory"]);
	const { steps } = await agent.execute({ goal: "What is the code?" });
	const results = steps.filter(({ type }) => type === "tool_result").map(({ output }) => output);
	expect(results).toEqual([expect.stringContaining("notes.txt"), "The code is 42."]);
});
