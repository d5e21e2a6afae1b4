import { createHash } from "node:crypto";

/** A number in [0, 1) that depends on the parts and on nothing else: the only chance a simulated agent knows. */
export function draw(...parts: readonly (string | number)[]): number {
	const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
	return digest.readUIntBE(0, 6) / 2 ** 48;
}
