/**
 * Sessions to play with, in a terminal: npm run example sessions/demo
 *
 * Three tabs, as in the tutorial this follows: `basic` (one conversation, in memory), `memory` (looking into it and
 * correcting it) and `multi` (several users in one file). It also reads commands from a pipe.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { type ItemSession, MemorySession, SqliteSession } from "massgen";
import { ask } from "./assistant.ts";

const directory = mkdtempSync(join(tmpdir(), "massgen-demo-"));
const file = join(directory, "demo_sessions.db");

/** The conversations of each tab; the basic one is in memory, and nowhere else. */
const tabs: Record<string, Map<string, ItemSession>> = {
	basic: new Map([["conversation_123", new MemorySession({ sessionId: "conversation_123" })]]),
	memory: new Map([["demo", new SqliteSession("demo", file)]]),
	multi: new Map(["user_123", "user_456"].map((id) => [id, new SqliteSession(id, file)])),
};
let tab = "basic";
let current = "conversation_123";

const help = `tab basic|memory|multi   another tab
user ID                  another session of this tab (new ones are made)
send TEXT                ask something: "My name is Alice", "What's my name?"
show                     the whole conversation
last [N]                 the newest N items, 1 to 20, 3 if not told
add QUESTION | ANSWER    a pair that was never asked
undo                     take back the newest item
clear, clear all         empty this session, or all of this tab
quit`;

function session(): ItemSession {
	const known = tabs[tab]?.get(current);
	if (known !== undefined) return known;
	const made = tab === "basic" ? new MemorySession({ sessionId: current }) : new SqliteSession(current, file);
	tabs[tab]?.set(current, made);
	return made;
}

async function show(limit?: number): Promise<string> {
	const items = await session().getItems(limit);
	return items.map((item) => `  ${String(item.role)}: ${String(item.content)}`).join("\n") || "  (nothing)";
}

async function perform(command: string, rest: string): Promise<string> {
	switch (command) {
		case "tab": {
			const [first] = (Object.hasOwn(tabs, rest) ? tabs[rest]?.keys() : undefined) ?? [];
			if (first === undefined) return `There is no tab ${rest}. There are: ${Object.keys(tabs).join(", ")}.`;
			tab = rest;
			current = first;
			return `${tab}: ${[...(tabs[tab]?.keys() ?? [])].join(", ")}`;
		}
		case "user":
			if (rest === "") return "Which one? For example: user user_456";
			current = rest;
			return `${(await session().getItems()).length} items`;
		case "send":
			return rest === "" ? "Send what?" : `  assistant: ${await ask(session(), rest)}`;
		case "show":
			return await show();
		case "last": {
			const count = rest === "" ? 3 : Number(rest);
			return Number.isInteger(count) && count >= 1 && count <= 20 ? await show(count) : "A number from 1 to 20, please.";
		}
		case "add": {
			const [question = "", answer = ""] = rest.split("|").map((part) => part.trim());
			if (question === "" || answer === "") return "For example: add I work as a developer | Noted.";
			await session().addItems([
				{ role: "user", content: question },
				{ role: "assistant", content: answer },
			]);
			return "Added.";
		}
		case "undo": {
			const taken = await session().popItem();
			return taken === undefined ? "There is nothing to take back." : `Taken back: ${String(taken.content)}`;
		}
		case "clear":
			for (const each of rest === "all" ? (tabs[tab]?.values() ?? []) : [session()]) await each.clearSession();
			return rest === "all" ? "All sessions of this tab are empty." : `${current} is empty.`;
		default:
			return help;
	}
}

const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "", terminal: process.stdin.isTTY === true });
const prompt = (): void => {
	lines.setPrompt(`[${tab}/${current}] `);
	lines.prompt();
};
console.log(help);
prompt();
for await (const line of lines) {
	const [, command = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
	if (["quit", "exit", "q"].includes(command)) break;
	if (command !== "") console.log(await perform(command, rest));
	prompt();
}
lines.close();
for (const each of Object.values(tabs).flatMap((sessions) => [...sessions.values()])) await each.close();
rmSync(directory, { recursive: true });
console.log("Goodbye.");
