/** Flags of MassGen that this program does not have, and what to do instead. Somebody types them from memory or from a script. */
export const massgenFlags: Readonly<Record<string, string>> = {
	"orchestrator-timeout": "It is called --timeout here: --timeout SECONDS.",
	"no-display": "It is called --quiet here; --display plain gives one line per event.",
	debug: "It is called --verbose here. Every event of a run is in its session: massgen sessions list",
	"no-logs": "There are no logs beside the session. To keep nothing at all: --no-session",
	"no-session-registry": "To keep nothing: --no-session",
	"save-streaming-buffers":
		"Unfinished text is kept in the session by itself; --output-format stream-json prints everything as it arrives.",
	logfire: "There is no tracing service; --output-format stream-json gives every event to a program of yours.",
	web: "There is no web page; a terminal shows every agent at work, --output-format stream-json feeds a page of yours.",
	"web-host": "There is no web page: leave it out.",
	"web-port": "There is no web page: leave it out.",
	"no-browser": "No browser is ever opened: leave it out.",
	"textual-serve": "There is no page to serve; run massgen in a terminal, over ssh too.",
	"textual-serve-port": "There is no page to serve: leave it out.",
	plan: 'Ask for the plan: massgen "Make a plan for ..., in steps that can be checked one by one."',
	"plan-depth": "Say in the question how deep the plan shall go.",
	"plan-and-execute": 'Ask in two turns: massgen "Make a plan for ...", then massgen --continue "Carry the plan out."',
	"execute-plan": 'Go on with the session that holds the plan: massgen --continue "Carry the plan out."',
	broadcast: "Agents do not ask in the middle of a turn; you can talk to them while they work: massgen chat",
	"skip-agent-selector": "Nothing is asked at the end: leave it out.",
	"config-docker": "Agents do not run in containers here: leave it out.",
	"setup-docker": "Agents do not run in containers here: nothing has to be set up.",
	"setup-skills": "There are no skills to install: nothing has to be set up.",
	"with-examples": "The examples are on their own: massgen --list-examples, massgen --example NAME",
};

/** Its commands. As the first word they are hardly a question, and a question costs money. */
export const massgenCommands: Readonly<Record<string, string>> = {
	logs: "What a run did is in its session: massgen sessions list, massgen sessions show last",
	export: "massgen sessions export last prints a session.",
	shares: "Nothing is uploaded here; massgen sessions export last gives a file that you can share.",
	serve: "There is no server; a program asks a team with: massgen --json --automation",
};
