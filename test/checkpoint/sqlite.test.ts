import { afterAll, describe } from "vitest";
import { sessionStoreContract } from "../contracts/session-store.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
afterAll(() => files.remove());

describe("a session in a file", () => {
	sessionStoreContract({
		async create() {
			const { store, directory } = await files.session();
			return { store, again: () => files.open(directory) };
		},
	});
});
