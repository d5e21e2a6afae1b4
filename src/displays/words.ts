/** Figures as people read them. */

export function count(number: number, noun: string, plural = `${noun}s`): string {
	return `${figure(number)} ${number === 1 ? noun : plural}`;
}

/** With commas between thousands. `toLocaleString` would do it too, but takes 30 ms the first time. */
export function figure(number: number): string {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function seconds(ms: number): string {
	if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
	const whole = Math.round(ms / 1000);
	if (whole < 120) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	return minutes < 120 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Small amounts keep enough digits to be told apart. */
export function dollars(amount: number): string {
	return `$${amount >= 1 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2)}`;
}

export function list(words: readonly string[]): string {
	return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
