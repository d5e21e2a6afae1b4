/**
 * How much of each request a provider's cache can have kept from the one before: measured on the requests that a server
 * received through the real wire formats, in a turn of three agents with tools, a repair, two rounds of answers and a vote.
 */
import { type PrefixFormat, prefixFormats, recordPrefixes, sharedIn } from "../test/fixtures/prefix-run.ts";

export async function bench(print: (line: string) => void): Promise<void> {
	print("| wire format | requests | begin with all of the one before | bytes sent | of these shared with the one before |");
	print("| --- | ---: | ---: | ---: | ---: |");
	for (const format of Object.keys(prefixFormats) as PrefixFormat[]) {
		const run = await recordPrefixes(format);
		const requests = Object.values(run.byAgent).reduce((count, each) => count + each.length, 0);
		const shared = sharedIn(run);
		const kept = shared.filter((pair) => pair.kept).length;
		const bytes = shared.reduce((sum, pair) => sum + pair.bytes, 0);
		const same = shared.reduce((sum, pair) => sum + pair.sharedBytes, 0);
		print(`| ${format} | ${requests} | ${kept} of ${shared.length} | ${bytes} | ${((100 * same) / bytes).toFixed(1)} % |`);
	}
}
