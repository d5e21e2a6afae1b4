/** Three simulated agents that need no time, so that a test waits for the program alone. */
const agents = ["ada", "ben", "cleo"].map(
	(id) =>
		`  - id: ${id}\n    backend: { type: simulated, profile: { time_to_first_token_ms: 0, tokens_per_second: 1000000, length: 8 } }\n`,
);

export const fastTeam = `agents:\n${agents.join("")}`;
