/** Figures as people read them. */

export function count(number: number, noun: string, plural = `${noun}s`): string {
	return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}

export function seconds(ms: number): string {
	if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
	if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
	const minutes = Math.floor(ms / 60_000);
	return minutes < 120 ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Small amounts keep enough digits to be told apart. */
export function dollars(amount: number): string {
	return `$${amount >= 1 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2)}`;
}

export function list(words: readonly string[]): string {
	return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
