/** `ROOT` creates a session at a fixed second and prints its id; `ROOT ID` creates or opens that one and prints which. */

import { createSession, openSession, sessionPath } from "../../../src/checkpoint/session-directory.ts";
import { MassgenError } from "../../../src/errors.ts";

const [root = "", id] = process.argv.slice(2);
const now = () => new Date(2026, 0, 2, 3, 4, 5).getTime();

async function createOrOpen(name: string): Promise<string> {
	try {
		await (await createSession(root, { home: root, id: name })).close();
		return "created";
	} catch (error) {
		if (!(error instanceof MassgenError) || error.code !== "session_exists") {
			throw error;
		}
	}
	await (await openSession(sessionPath(root, name))).close();
	return "opened";
}

console.log(id === undefined ? (await createSession(root, { home: root, now })).id : await createOrOpen(id));
