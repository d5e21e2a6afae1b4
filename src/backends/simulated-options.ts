import * as z from "zod";

const failureKinds = [
	"auth",
	"rate-limit",
	"quota",
	"network",
	"refused",
	"context-too-long",
	"bad-request",
	"bad-response",
	"timeout",
	"process",
] as const;

const move = z.union([
	z.strictObject({ say: z.string() }),
	z.strictObject({ think: z.string() }),
	z.strictObject({ call: z.strictObject({ tool: z.string(), input: z.record(z.string(), z.unknown()).default({}) }) }),
	z.strictObject({ answer: z.string() }),
	z.strictObject({ vote: z.union([z.string(), z.number()]), reason: z.string().optional() }),
	z.strictObject({
		fail: z.strictObject({ kind: z.enum(failureKinds), message: z.string().optional(), times: z.int().min(1).optional() }),
	}),
	z.strictObject({ wait: z.number().min(0) }),
]);

export const scriptSchema = z.array(z.union([move, z.strictObject({ together: z.array(move).min(1) })]));

const share = z.number().min(0).max(1);

export const profileSchema = z.strictObject({
	accuracy: share.optional().describe("How often it is right in a closed question; 0.7 if `options` are given alone."),
	correlation: share.default(0).describe("How often its opinion is the one that the whole team shares."),
	options: z.array(z.string().min(1)).min(2).optional().describe("The answers of a closed question."),
	truth: z.string().optional().describe("The right one of them; the first if not given."),
	stubborn: z.boolean().default(false).describe("Votes for its own answer."),
	answers: z.int().min(1).default(1).describe("Versions that it writes before it votes."),
	quality: share.optional().describe("Of its first answer, as it is stated in its text; drawn if not given."),
	length: z.int().min(1).default(60).describe("Of its answers, in tokens."),
	time_to_first_token_ms: z.number().min(0).default(100),
	tokens_per_second: z.number().positive().default(400),
	failure_rate: share.default(0).describe("How often a call fails with a network error."),
});

/** Options of `backend: { type: simulated }`, as YAML has them. `docs/simulated.md` explains them. */
export const simulatedOptions = z.strictObject({
	script: scriptSchema.optional().describe("What it does, move by move."),
	profile: profileSchema.optional().describe("What it is like, where no script says what it does."),
	seed: z.int().optional().describe("Feeds its draws; that of the turn if not given."),
});

export type Move = z.infer<typeof move>;
export type Script = z.infer<typeof scriptSchema>;
export type Profile = z.infer<typeof profileSchema>;
