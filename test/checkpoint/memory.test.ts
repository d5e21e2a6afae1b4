import { describe } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { sessionStoreContract } from "../contracts/session-store.ts";

describe("a session in memory", () => {
	sessionStoreContract({
		async create() {
			const store = createMemoryStore("session_1");
			return { store, again: async () => store };
		},
	});
});
