import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { thisProcess } from "../../src/checkpoint/liveness.ts";
import { CorruptSessionError, SessionError } from "../../src/errors.ts";
import { SessionManager } from "../../src/sessions/manager.ts";
import { compiled } from "../fixtures/compiled.ts";

const conversation = [
	{ role: "system", content: "You are a helpful AI assistant..." },
	{ role: "user", content: "Hello" },
	{ role: "assistant", content: "Hi! How can I help?" },
];

function directory(): string {
	return mkdtempSync(join(tmpdir(), "massgen-manager-"));
}

/** A clock that moves on by a day with every look. */
function days(): () => Date {
	let day = 0;
	return () => new Date(Date.UTC(2025, 10, 22 + day++, 20, 30, 15));
}

test("A6, A12, S11: a manager makes the directory it is given, or one in the working directory", async () => {
	const place = join(directory(), "my_custom_sessions/");
	await new SessionManager(place).saveSession("a", conversation);
	expect(readdirSync(place)).toEqual(["a_chat.toon"]);
	const before = process.cwd();
	process.chdir(directory());
	try {
		await new SessionManager().saveSession("a", conversation);
		expect(readdirSync(".massgen/session_history")).toEqual(["a_chat.toon"]);
	} finally {
		process.chdir(before);
	}
});

test("A7, A8, A15, S3: what was saved is loaded again, tool calls and all", async () => {
	const manager = new SessionManager(directory());
	const messages = [
		...conversation,
		{
			role: "assistant",
			content: null,
			tool_calls: [{ id: "c1", type: "function", function: { name: "list", arguments: '{"path":"[2]: a, b"}' } }],
		},
		{ role: "tool", tool_call_id: "c1", name: "list", content: "1\n- 2: three\n\ttab" },
	];
	expect(await manager.saveSession("my_project", messages)).toBeUndefined();
	expect(await manager.loadSession("my_project")).toEqual(messages);
	expect(await manager.loadSession("unknown")).toBeNull();
	await manager.saveSession("empty", []);
	expect(await manager.loadSession("empty")).toEqual([]);
});

test("A7: the time of creation stays through later saves, and so does the metadata", async () => {
	const place = directory();
	const manager = new SessionManager(place, { now: days() });
	await manager.saveSession("a", conversation, { metadata: { topic: "greeting" } });
	await manager.saveSession("a", conversation.slice(0, 2));
	const [saved] = await manager.listSessions();
	expect(saved).toEqual({
		id: "a",
		createdAt: "2025-11-22T20:30:15.000Z",
		lastActivity: "2025-11-23T20:30:15.000Z",
		messageCount: 2,
		userTurns: 1,
		damaged: false,
	});
	expect(await manager.loadMetadata("a")).toEqual({ topic: "greeting" });
	expect(await manager.loadMetadata("unknown")).toBeNull();
});

test("A9, A10, A30, S13: a session exists from its first save to its deletion", async () => {
	const manager = new SessionManager(directory());
	expect(await manager.sessionExists("a")).toBe(false);
	expect(await manager.deleteSession("a")).toBe(false);
	await manager.saveSession("a", conversation);
	expect(await manager.sessionExists("a")).toBe(true);
	expect(await manager.deleteSession("a")).toBe(true);
	expect(await manager.sessionExists("a")).toBe(false);
	expect(await manager.loadSession("a")).toBeNull();
});

test("A11, S9: the list is newest first and counts all messages", async () => {
	const manager = new SessionManager(directory(), { now: days() });
	await manager.saveSession("old", conversation);
	await manager.saveSession("new", conversation.slice(0, 1));
	await manager.saveSession("old", conversation);
	expect((await manager.listSessions()).map(({ id, messageCount }) => [id, messageCount])).toEqual([
		["new", 1],
		["old", 3],
	]);
});

test("A11: any id is kept apart, stays inside the directory and comes back as it was", async () => {
	const place = directory();
	const manager = new SessionManager(join(place, "inner"));
	const ids = [
		"../escape",
		"a/b",
		"x_chat.toon",
		".hidden",
		"ä ö?*",
		"a%2Fb",
		"CON",
		"e".repeat(200),
		"\u{1F600}".repeat(60),
		"per~cent'(!)",
	];
	for (const id of ids) await manager.saveSession(id, [{ role: "user", content: id }]);
	expect((await manager.listSessions()).map(({ id }) => id).sort()).toEqual([...ids].sort());
	for (const id of ids) expect(await manager.loadSession(id)).toEqual([{ role: "user", content: id }]);
	expect(readdirSync(place)).toEqual(["inner"]);
	for (const id of ["", ".", "..", "e".repeat(201)]) {
		await expect(manager.saveSession(id, [])).rejects.toMatchObject({ code: "invalid_request" });
	}
});

test("A13, A14, S7, S10: the file is TOON, and JSON where that is asked for", async () => {
	const place = directory();
	const now = () => new Date(Date.UTC(2025, 10, 22, 20, 30, 15));
	await new SessionManager(place, { now }).saveSession("my_project", conversation);
	expect(readFileSync(join(place, "my_project_chat.toon"), "utf8")).toMatchInlineSnapshot(`
		"session_id: my_project
		created_at: "2025-11-22T20:30:15.000Z"
		last_activity: "2025-11-22T20:30:15.000Z"
		messages[3]{role,content}:
		  system,You are a helpful AI assistant...
		  user,Hello
		  assistant,Hi! How can I help?
		message_count: 3
		"
	`);
	await new SessionManager(place, { now, format: "json" }).saveSession("my_project", conversation);
	expect(JSON.parse(readFileSync(join(place, "my_project_chat.toon"), "utf8"))).toEqual({
		session_id: "my_project",
		created_at: "2025-11-22T20:30:15.000Z",
		last_activity: "2025-11-22T20:30:15.000Z",
		messages: conversation,
	});
});

test("S10: files of other programs are read, JSON and TOON, with times that have no zone", async () => {
	const place = directory();
	const manager = new SessionManager(place);
	const old = { session_id: "old", created_at: "2025-11-22T20:30:15", messages: conversation };
	writeFileSync(join(place, "old_chat.toon"), `\n ${JSON.stringify(old, null, 4)}`);
	writeFileSync(join(place, "list_chat.toon"), JSON.stringify(conversation));
	writeFileSync(
		join(place, "other_chat.toon"),
		"session_id: other\ncreated_at: 2025-11-22T20:30:15\nmessages[1]:\n  - role: user\n    content: Hello",
	);
	expect(await manager.loadSession("old")).toEqual(conversation);
	expect(await manager.loadSession("list")).toEqual(conversation);
	expect(await manager.loadSession("other")).toEqual([{ role: "user", content: "Hello" }]);
	const listed = await manager.listSessions();
	expect(listed.find(({ id }) => id === "old")?.createdAt).toBe(new Date(2025, 10, 22, 20, 30, 15).toISOString());
	expect(listed.every(({ damaged }) => !damaged)).toBe(true);
});

test("A25, S8: several sessions in turn, each with its own messages", async () => {
	const manager = new SessionManager(directory());
	for (const _visit of [1, 2]) {
		for (const id of ["project_a", "project_b", "research"]) {
			const messages = (await manager.sessionExists(id)) ? ((await manager.loadSession(id)) ?? []) : [];
			await manager.saveSession(id, [...messages, { role: "user", content: `Status of ${id}?` }]);
		}
	}
	expect(await manager.loadSession("research")).toEqual([
		{ role: "user", content: "Status of research?" },
		{ role: "user", content: "Status of research?" },
	]);
});

test("A26: empty sessions and old ones are cleaned up, damaged ones are left", async () => {
	const place = directory();
	const manager = new SessionManager(place, { now: days() });
	await manager.saveSession("empty", []);
	await manager.saveSession("old", conversation);
	await manager.saveSession("new", conversation);
	writeFileSync(join(place, "torn_chat.toon"), '{"messages": [');
	expect(await manager.pruneSessions({ empty: true })).toEqual(["empty"]);
	expect(await manager.pruneSessions({ createdBefore: new Date(Date.UTC(2025, 10, 24)) })).toEqual(["old"]);
	expect((await manager.listSessions()).map(({ id }) => id)).toEqual(["new", "torn"]);
});

test("A27, A28: an export is a JSON list of messages, and can be imported under another id", async () => {
	const manager = new SessionManager(directory());
	await manager.saveSession("my_project", conversation);
	const exported = await manager.exportSession("my_project");
	expect(exported).toBe(`${JSON.stringify(conversation, null, 2)}\n`);
	await manager.importSession("imported_session", exported);
	expect(await manager.loadSession("imported_session")).toEqual(conversation);
	await expect(manager.importSession("my_project", exported)).rejects.toMatchObject({ code: "already_exists" });
	await manager.importSession("my_project", conversation.slice(0, 1), { overwrite: true });
	expect(await manager.loadSession("my_project")).toEqual(conversation.slice(0, 1));
	await expect(manager.exportSession("unknown")).rejects.toMatchObject({ code: "not_found" });
});

test("A28: what is no list of messages is not imported", async () => {
	const manager = new SessionManager(directory());
	for (const wrong of ["no JSON", "42", '{"a": 1}', '["text"]', '[{"content": "no role"}]', "[null]"]) {
		await expect(manager.importSession("new", wrong)).rejects.toMatchObject({ code: "invalid_request" });
	}
	expect(await manager.sessionExists("new")).toBe(false);
});

test("A29: trimming keeps the system's words and no result of a tool without its call", async () => {
	const manager = new SessionManager(directory());
	const call = { role: "assistant", content: null, tool_calls: [{ id: "c1" }, { id: "c2" }] };
	const results = ["c1", "c2"].map((id) => ({ role: "tool", tool_call_id: id, content: id }));
	const messages = [...conversation, call, ...results, { role: "assistant", content: "done" }];
	await manager.saveSession("a", messages);
	expect(await manager.trimSession("a", 50)).toBe(0);
	expect(await manager.trimSession("a", 2)).toBe(5);
	expect(await manager.loadSession("a")).toEqual([conversation[0], { role: "assistant", content: "done" }]);
	await expect(manager.trimSession("unknown", 2)).rejects.toMatchObject({ code: "not_found" });
});

test("A31, A8: a damaged file is told of with its path and line, listed, and never overwritten", async () => {
	const place = directory();
	const manager = new SessionManager(place);
	const path = join(place, "torn_chat.toon");
	writeFileSync(path, "session_id: torn\nmessages[3]{role,content}:\n  user,Hello\n");
	const error = await manager.loadSession("torn").catch((caught: unknown) => caught);
	expect(error).toBeInstanceOf(CorruptSessionError);
	expect(error).toMatchObject({
		code: "corrupt_session",
		path,
		line: 3,
		message: `${path}:3 is damaged: Expected 3 tabular rows, but got 1.`,
	});
	expect(await manager.listSessions()).toEqual([
		{ id: "torn", createdAt: "", lastActivity: "", messageCount: 0, userTurns: 0, damaged: true },
	]);
	expect(await manager.salvageSession("torn")).toEqual([{ role: "user", content: "Hello" }]);
	await manager.saveSession("torn", conversation);
	expect(await manager.loadSession("torn")).toEqual(conversation);
	const [kept = ""] = readdirSync(place).filter((name) => name.startsWith("torn_chat.toon.corrupt-"));
	expect(readFileSync(join(place, kept), "utf8")).toContain("messages[3]");
	expect((await manager.listSessions()).map(({ id }) => id)).toEqual(["torn"]);
});

test("A31: the recipe of the guide works: catch, delete, start anew", async () => {
	const place = directory();
	const manager = new SessionManager(place);
	writeFileSync(join(place, "a_chat.toon"), '{\n  "session_id": "a",\n  "messages": [');
	await expect(manager.loadSession("a")).rejects.toMatchObject({ line: 3 });
	expect(await manager.deleteSession("a")).toBe(true);
	await manager.saveSession("a", conversation);
	expect(await manager.loadSession("a")).toEqual(conversation);
});

test("A31: a file that was cut anywhere is never taken for a shorter conversation", async () => {
	const place = directory();
	const manager = new SessionManager(place);
	const mixed = [
		...conversation,
		{ role: "assistant", content: "calls", tool_calls: [{ id: "c1", type: "function" }] },
		{ role: "user", content: "bye" },
	];
	for (const [id, messages] of [
		["uniform", conversation],
		["mixed", mixed],
	] as const) {
		await manager.saveSession(id, messages);
		const whole = readFileSync(join(place, `${id}_chat.toon`));
		for (let length = 1; length < whole.length; length += 1) {
			writeFileSync(join(place, "cut_chat.toon"), whole.subarray(0, length));
			const loaded = await manager.loadSession("cut").catch((caught: unknown) => caught);
			if (loaded instanceof CorruptSessionError) continue;
			expect(loaded).toEqual(messages);
		}
	}
});

test("A31: invalid UTF-8, a list of other things and a scalar are damage, not a crash", async () => {
	const place = directory();
	const manager = new SessionManager(place);
	const cases: [string, string | Uint8Array, number | undefined][] = [
		["latin", Buffer.concat([Buffer.from("session_id: a\nmessages[1]{role,content}:\n  user,caf"), Buffer.from([0xe9, 0x0a])]), 3],
		["numbers", '{"messages": [1, 2]}', undefined],
		["scalar", "42", undefined],
		["nothing", "", undefined],
		["object", "{}", undefined],
	];
	for (const [id, contents, line] of cases) {
		writeFileSync(join(place, `${id}_chat.toon`), contents);
		await expect(manager.loadSession(id), id).rejects.toMatchObject({
			code: "corrupt_session",
			line,
			hint: expect.stringContaining("by hand"),
		});
	}
});

test("saving at the same time leaves one complete file and nothing beside it", async () => {
	const place = directory();
	const managers = [new SessionManager(place), new SessionManager(place)];
	await Promise.all(
		Array.from({ length: 20 }, (_, index) => managers[index % 2]?.saveSession("a", [{ role: "user", content: `${index}` }])),
	);
	expect(await managers[0]?.loadSession("a")).toHaveLength(1);
	expect(readdirSync(place)).toEqual(["a_chat.toon"]);
});

test("what is no list of objects is refused, and the former state stays", async () => {
	const manager = new SessionManager(directory());
	await manager.saveSession("a", conversation);
	for (const wrong of ["text", 42, null, [1], ["text"]]) {
		await expect(Reflect.apply(manager.saveSession, manager, ["a", wrong])).rejects.toMatchObject({ code: "invalid_request" });
	}
	expect(await manager.loadSession("a")).toEqual(conversation);
});

test("processes that add to one session in a directory follow one another", { timeout: 60_000 }, async () => {
	const place = directory();
	const script = compiled("test/fixtures/sessions/add-items.ts");
	const children = [1, 2, 3].map((number) => spawn(process.execPath, [script, place, String(number), "10"], { stdio: "inherit" }));
	const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
	expect(codes).toEqual([0, 0, 0]);
	const messages = (await new SessionManager(place).loadSession<{ writer: number; number: number }>("shared")) ?? [];
	for (const writer of [1, 2, 3]) {
		expect(messages.filter((each) => each.writer === writer).map((each) => each.number)).toEqual(
			Array.from({ length: 20 }, (_, index) => index),
		);
	}
	expect(readdirSync(place)).toEqual(["shared_chat.toon"]);
});

test("the lock of a process that is gone does not stop anybody", async () => {
	const place = directory();
	const manager = new SessionManager(place);
	const gone = spawn(process.execPath, ["-e", ""]);
	await once(gone, "exit");
	const lock = join(place, "a_chat.toon.lock");
	writeFileSync(lock, JSON.stringify({ ...thisProcess(), pid: gone.pid }));
	await manager.saveSession("a", conversation);
	expect(readdirSync(place)).toEqual(["a_chat.toon"]);
	writeFileSync(lock, "");
	utimesSync(lock, new Date(0), new Date(0));
	expect(await manager.deleteSession("a")).toBe(true);
	expect(readdirSync(place)).toEqual([]);
});

test("a directory that cannot be made or written is told of by its name, and what was there stays", async () => {
	const place = directory();
	const file = join(place, "file");
	writeFileSync(file, "");
	expect(() => new SessionManager(join(file, "below"))).toThrow(
		expect.objectContaining({ code: "store-error", message: expect.stringContaining(file) }),
	);
	const manager = new SessionManager(join(place, "sessions"));
	await manager.saveSession("a", conversation);
	if (process.getuid?.() === 0) return;
	chmodSync(manager.directory, 0o500);
	await expect(manager.saveSession("a", [])).rejects.toMatchObject({ code: "store-error", exitCode: 74 });
	chmodSync(manager.directory, 0o700);
	expect(await manager.loadSession("a")).toEqual(conversation);
});

test("A7, A24: a program that is killed while it saves leaves the last save it was told of, or the next, whole", async () => {
	const script = compiled("test/fixtures/sessions/save-forever.ts");
	for (const saves of [1, 7, 20]) {
		const place = directory();
		const child = spawn(process.execPath, [script, place], { stdio: ["ignore", "pipe", "inherit"] });
		let told = 0;
		for await (const line of createInterface({ input: child.stdout })) {
			told = Number(line);
			if (told === saves) child.kill("SIGKILL");
		}
		const manager = new SessionManager(place);
		const messages = (await manager.loadSession("a")) ?? [];
		expect(messages.length).toBeGreaterThanOrEqual(told);
		expect(messages.length).toBeLessThanOrEqual(told + 1);
		// Nobody waits for the dead: its lock does not count.
		await manager.saveSession("a", []);
		expect(await manager.loadSession("a")).toEqual([]);
	}
});

test("R34: an error of a session has a message, a code, the session's id and a way out", async () => {
	const manager = new SessionManager(directory());
	await manager.saveSession("a", conversation);
	for (const fail of [() => manager.trimSession("b", 1), () => manager.exportSession("b"), () => manager.importSession("a", "[]")]) {
		const error: unknown = await fail().catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(SessionError);
		expect(error).toMatchObject({
			message: expect.stringMatching(/session [ab]\b/),
			code: expect.stringMatching(/^\w+$/),
			sessionId: expect.any(String),
			hint: expect.any(String),
		});
	}
});
