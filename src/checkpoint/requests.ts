import type { PendingRequest, SessionRequest } from "./log.ts";
import type { SessionFile } from "./session-file.ts";

/** Puts a request beside the log, under the lease it is meant for; 0 if nobody drives. */
export function addRequest(file: SessionFile, request: SessionRequest, epoch: number): number {
	file.database
		.prepare("INSERT INTO request (body, answer, at, epoch) VALUES (?, NULL, ?, ?)")
		.run(JSON.stringify(request), file.now(), epoch);
	return Number(file.database.prepare("SELECT last_insert_rowid() AS number").get()?.number);
}

export function openRequests(file: SessionFile): readonly PendingRequest[] {
	const rows = file.database.prepare("SELECT number, body FROM request WHERE answer IS NULL ORDER BY number").all();
	return rows.flatMap(({ number, body }) => {
		const request = parseRequest(String(body));
		return request === undefined ? [] : [{ number: Number(number), request }];
	});
}

export function respond(file: SessionFile, number: number, answer: string): void {
	file.database.prepare("UPDATE request SET answer = ? WHERE number = ?").run(answer, number);
}

export function answerTo(file: SessionFile, number: number): string | undefined {
	const answer = file.database.prepare("SELECT answer FROM request WHERE number = ?").get(number)?.answer;
	return typeof answer === "string" ? answer : undefined;
}

/** What was asked of a process that is gone must not hit the next one: an old "interrupt" would stop a resumed turn at once. */
export function answerOrphans(file: SessionFile, epoch: number): void {
	file.database
		.prepare("UPDATE request SET answer = ? WHERE answer IS NULL AND epoch > 0 AND epoch < ?")
		.run("The process that drove the session ended before it could answer.", epoch);
}

/** Newer programs may ask for things this one does not know: those stay unanswered here. */
function parseRequest(body: string): SessionRequest | undefined {
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch {
		return undefined;
	}
	if (typeof value !== "object" || value === null) {
		return undefined;
	}
	const fields = new Map<string, unknown>(Object.entries(value));
	const type = fields.get("type");
	switch (type) {
		case "interrupt":
			return { type, by: text(fields.get("by")) ?? "another process" };
		case "cancel":
			return { type, ...optional("why", text(fields.get("why"))) };
		case "say": {
			const to = fields.get("to");
			return { type, text: text(fields.get("text")) ?? "", ...optional("to", Array.isArray(to) ? to.map(String) : undefined) };
		}
		case "extend":
			return {
				type,
				...optional("ms", number(fields.get("ms"))),
				...optional("costUsd", number(fields.get("costUsd"))),
				...optional("tokens", number(fields.get("tokens"))),
			};
		case "drop": {
			const agent = text(fields.get("agent"));
			return agent === undefined ? undefined : { type, agent };
		}
		case "finish-now":
			return { type };
		default:
			return undefined;
	}
}

function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
	return typeof value === "number" ? value : undefined;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
	return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
