/**
 * Any object with the five methods of the OpenAI Agents SDK's `Session`: `SqliteSession`, `MemorySession`, one of that SDK,
 * or your own. A run reads it once and adds to it once.
 */
export type SessionObject = {
	getSessionId(): Promise<string>;
	getItems(limit?: number): Promise<object[]>;
	addItems(items: object[]): Promise<void>;
	popItem(): Promise<object | undefined>;
	clearSession(): Promise<void>;
};

export function isSessionObject(session: unknown): session is SessionObject {
	if (typeof session !== "object" || session === null) return false;
	const methods = ["getSessionId", "getItems", "addItems", "popItem", "clearSession"];
	return methods.every((name) => typeof Reflect.get(session, name) === "function");
}

/** What is added after a run, in the form that the SDK wants: the question, and the answer if there is one. */
export function exchange(question: string, answer: string | null): object[] {
	const asked = { type: "message", role: "user", content: question };
	if (answer === null) return [asked];
	return [asked, { type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: answer }] }];
}
