import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryItems } from "../../src/sessions/memory-items.ts";
import { sqliteItems } from "../../src/sessions/sqlite-items.ts";
import { toonItems } from "../../src/sessions/toon-items.ts";
import { itemStoreContract } from "../contracts/item-store.ts";

function path(name: string): string {
	return join(mkdtempSync(join(tmpdir(), "massgen-items-")), name);
}

itemStoreContract("in memory", async () => memoryItems());
itemStoreContract("SQLite in memory", async () => sqliteItems(":memory:"));
itemStoreContract("SQLite file", async () => sqliteItems(path("a/b/conversations.db")));
itemStoreContract("directory of TOON files", async () => toonItems(path("history")));
itemStoreContract("directory of JSON files", async () => toonItems(path("history"), { format: "json" }));
