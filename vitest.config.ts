import { defineConfig } from "vitest/config";

export default defineConfig({
	// Most tests wait for child processes and servers: more workers than cores keep the cores busy.
	test: { include: ["test/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000, pool: "forks", maxWorkers: 3 },
});
