import { expect, test } from "vitest";
import { createSession } from "../../src/checkpoint/session-directory.ts";
import { SessionError, TimeoutError } from "../../src/errors.ts";
import { Agent } from "../../src/library/agent.ts";
import { type Client, createClient } from "../../src/library/client.ts";
import { openLog } from "../../src/library/opening.ts";
import { run } from "../../src/library/run.ts";
import { endless, place, scripted } from "./place.ts";

const quick = scripted([{ think: "Easy." }, { say: "Done." }]);

/** Two agents: one that is quick, and one that never ends by itself. */
function client(at = place()): Client {
	const agents = [new Agent({ id: "quick", config: quick, ...at }), new Agent({ id: "slow", config: endless, ...at })];
	return createClient({ agents, ...at });
}

test("R11: a session is made at once and runs in the background", async () => {
	const { sessions } = client();
	const made = await sessions.create({ agentId: "quick", goal: "Analyse sales data", context: { metrics: ["revenue"] } });
	expect(made).toMatchObject({
		id: expect.stringMatching(/^session_\d{8}_\d{6}/),
		kind: "task",
		agent_id: "quick",
		goal: "Analyse sales data",
		context: { metrics: ["revenue"] },
		status: "created",
		turns: 0,
	});
	expect(await sessions.wait(made.id)).toMatchObject({ id: made.id, status: "completed", output: expect.stringContaining("Done.") });
	await expect(sessions.create({ agentId: "nobody", goal: "x" })).rejects.toMatchObject({
		code: "not_found",
		hint: "There are: quick, slow.",
	});
	await expect(sessions.create({ goal: "" })).rejects.toMatchObject({ code: "invalid_request" });
});

test("R2, R21, R22, R32: a session has its state, steps to replay and numbers", async () => {
	const { sessions } = client();
	const { id } = await sessions.create({ goal: "Task" });
	await sessions.wait(id);
	const session = await sessions.get(id);
	expect(session).toMatchObject({ status: "completed", lifecycle: "open", goal: "Task", turns: 1, error: null });
	expect(session.tokens_used).toBe(session.input_tokens + session.output_tokens);
	expect(session.input_tokens).toBeGreaterThan(0);
	expect(session.duration_ms).toBeGreaterThanOrEqual(0);
	expect((await sessions.steps(id)).map(({ number, type }) => [number, type])).toEqual([
		[1, "thinking"],
		[2, "output"],
	]);
	await expect(sessions.get("missing")).rejects.toMatchObject({ name: "SessionError", code: "not_found", sessionId: "missing" });
	await expect(sessions.get("../x")).rejects.toMatchObject({ code: "not_found" });
});

test("R20: a list is newest first, by agent and state, up to a limit", async () => {
	const at = place();
	const { sessions, close } = client(at);
	const ids = [];
	for (const goal of ["One", "Two", "Three"]) {
		const { id } = await sessions.create({ agentId: "quick", goal });
		await sessions.wait(id);
		ids.push(id);
	}
	const { id: slow } = await sessions.create({ agentId: "slow", goal: "Long" });
	expect((await sessions.list()).map(({ id, goal }) => [id, goal])).toEqual([
		[slow, "Long"],
		[ids[2], "Three"],
		[ids[1], "Two"],
		[ids[0], "One"],
	]);
	expect((await sessions.list({ agentId: "quick", limit: 2 })).map(({ goal }) => goal)).toEqual(["Three", "Two"]);
	expect((await sessions.list({ status: "completed" })).length).toBe(3);
	await sessions.cancel(slow);
	expect(await sessions.list({ status: "cancelled" })).toMatchObject([{ id: slow, agent_id: "slow", kind: "task", turns: 1 }]);
	for (const wrong of [{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { status: "done" as never }])
		await expect(sessions.list(wrong)).rejects.toMatchObject({ code: "invalid_request" });
	await close();
});

test("R27: a running session is cancelled, twice is as once, and its work stays", async () => {
	const { sessions } = client();
	const { id } = await sessions.create({ agentId: "slow", goal: "Very long task" });
	for await (const { type } of sessions.events(id)) if (type === "step_start") break;
	expect((await sessions.get(id)).status).toBe("running");
	expect(await sessions.cancel(id)).toMatchObject({ id, status: "cancelled", error: { code: "cancelled" } });
	const again = await sessions.cancel(id);
	expect(again.status).toBe("cancelled");
	expect(again).toEqual(await sessions.get(id));
});

test("R27: a session is cancelled that waits to begin, and one that nobody drives any more", async () => {
	const at = place();
	const { sessions, close } = client(at);
	const { id } = await sessions.create({ agentId: "slow", goal: "Task" });
	expect((await sessions.cancel(id)).status).toBe("cancelled");

	const waiting = await createSession(at.directory, { home: at.home });
	await openLog(waiting, { config: {}, metadata: { kind: "task", agent_id: "quick", goal: "Left behind" } });
	await waiting.close();
	expect(await sessions.get(waiting.id)).toMatchObject({ status: "created", goal: "Left behind" });
	expect(await sessions.cancel(waiting.id)).toMatchObject({ status: "cancelled", lifecycle: "closed" });
	expect(await sessions.list({ status: "cancelled" })).toHaveLength(2);

	const left = await new Agent({ config: endless, ...at }).execute({ goal: "Task", signal: AbortSignal.timeout(50) });
	expect(left.status).toBe("interrupted");
	expect((await sessions.cancel(left.id)).status).toBe("cancelled");
	await expect(run({ session: left.id, ...at })).rejects.toMatchObject({ code: "nothing_to_continue" });
	await close();
});

test("R27: a session is cancelled that another client drives", async () => {
	const at = place();
	const [mine, other] = [client(at), client(at)];
	const { id } = await mine.sessions.create({ agentId: "slow", goal: "Task" });
	for await (const { type } of other.sessions.events(id)) if (type === "step_start") break;
	expect((await other.sessions.cancel(id)).status).toBe("cancelled");
	expect((await mine.sessions.wait(id)).status).toBe("cancelled");
	await mine.close();
});

test("R27: what has ended cannot be cancelled", async () => {
	const { sessions } = client();
	const { id } = await sessions.create({ goal: "Task" });
	await sessions.wait(id);
	const error = await sessions.cancel(id).catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(SessionError);
	expect(error).toMatchObject({ code: "not_cancellable", sessionId: id, message: expect.stringContaining("it is completed") });
});

test("R28: a session that runs out of time is timeout, and waiting for it throws", async () => {
	const { sessions } = client();
	const { id } = await sessions.create({ agentId: "slow", goal: "Task", timeoutSeconds: 0.2 });
	await expect(sessions.wait(id)).rejects.toBeInstanceOf(TimeoutError);
	expect(await sessions.get(id)).toMatchObject({ status: "timeout", error: { code: "timeout" } });
});

test("R2: exactly one end wins, whatever is asked at the same time", async () => {
	const { sessions } = client();
	const { id } = await sessions.create({ agentId: "slow", goal: "Task", timeoutSeconds: 0.15 });
	const asked = await Promise.allSettled([
		sessions.wait(id),
		...[0, 60, 120, 150, 180].map((ms) => new Promise((resolve) => setTimeout(resolve, ms)).then(() => sessions.cancel(id))),
	]);
	expect(asked).toHaveLength(6);
	const events = [];
	for await (const event of sessions.events(id)) events.push(event);
	expect(events.filter(({ type }) => type === "done")).toHaveLength(1);
	expect(events.at(-1)).toMatchObject({ type: "done", status: (await sessions.get(id)).status });
});

test("R16: the events of a session can be followed by others, and from where one was", async () => {
	const { sessions } = client();
	const { id } = await sessions.create({ goal: "Task" });
	const live = [];
	for await (const event of sessions.events(id)) live.push(event);
	expect(live.map(({ type }) => type)).toEqual(
		expect.arrayContaining(["session_start", "step_start", "thinking", "step_complete", "output", "done"]),
	);
	const middle = live[2]?.seq ?? 0;
	const rest = [];
	for await (const event of sessions.events(id, { after: middle })) rest.push(event);
	expect(rest).toEqual(live.filter(({ seq }) => seq > middle));
});

test("R33: the numbers of an agent's sessions in a period", async () => {
	const at = place();
	const { sessions, metrics } = client(at);
	for (const goal of ["One", "Two", "Three"]) await sessions.wait((await sessions.create({ agentId: "quick", goal })).id);
	const { id } = await sessions.create({ agentId: "slow", goal: "Long" });
	await sessions.cancel(id);
	const quick = await metrics.get({ agentId: "quick", period: "7d", metrics: ["sessions_total", "avg_duration", "success_rate"] });
	expect(quick).toEqual({ sessions_total: 3, avg_duration: expect.any(Number), success_rate: 100 });
	expect(await metrics.get({ metrics: ["sessions_total", "success_rate", "sessions_by_status"] })).toEqual({
		sessions_total: 4,
		success_rate: 75,
		sessions_by_status: { completed: 3, cancelled: 1 },
	});
	await expect(metrics.get({ period: "7 days" })).rejects.toMatchObject({ code: "invalid_request" });
	await expect(metrics.get({ metrics: ["happiness" as never] })).rejects.toMatchObject({ code: "invalid_request" });
});

test("closing a client interrupts what runs, and it can be resumed", async () => {
	const at = place();
	const { sessions, close } = client(at);
	const { id } = await sessions.create({ agentId: "slow", goal: "Task" });
	for await (const { type } of sessions.events(id)) if (type === "step_start") break;
	await close();
	expect((await sessions.get(id)).status).toBe("interrupted");
	expect((await sessions.list()).map(({ status }) => status)).toEqual(["interrupted"]);
	const later = client(at);
	expect(await later.sessions.resume(id)).toMatchObject({ id, turns: 1 });
	await expect(later.sessions.resume(id)).rejects.toMatchObject({ code: "session_busy" });
	for await (const { type } of later.sessions.events(id)) if (type === "step_start") break;
	expect((await later.sessions.cancel(id)).status).toBe("cancelled");
	await expect(later.sessions.resume(id)).rejects.toMatchObject({ code: "nothing_to_continue" });
});

test("sessions are where the client is, wherever its agents look for files", async () => {
	const at = place();
	const { sessions } = createClient({ agents: [new Agent({ config: quick, ...place() })], ...at });
	expect(await createClient({ config: quick, ...at, directory: `${at.directory}/none` }).sessions.list()).toEqual([]);
	const { id } = await sessions.create({ goal: "Task" });
	await sessions.wait(id);
	expect((await sessions.list()).map((entry) => entry.id)).toEqual([id]);
});

test("a session whose maker died before it wrote a word can be looked at, and ended", async () => {
	const at = place();
	await (await createSession(at.directory, { home: at.home, id: "bare" })).close();
	const { sessions } = client(at);
	expect(await sessions.get("bare")).toMatchObject({ id: "bare", kind: "team", status: "created", goal: null });
	expect(await sessions.list()).toMatchObject([{ id: "bare", status: "created" }]);
	expect((await sessions.cancel("bare")).status).toBe("cancelled");
});
