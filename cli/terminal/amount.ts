const binary = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const decimal = ["", "K", "M", "G", "T", "P", "E"] as const;

/** `1.5 GiB`, three digits. */
export function bytes(count: number): string {
  return scaled(count, 1024, binary, " ");
}

/** `1.13M`, three digits; below ten thousand in full. */
export function amount(count: number): string {
  if (Math.abs(count) < 10_000) return String(Math.round(count * 100) / 100);
  return scaled(count, 1000, decimal, "");
}

function scaled(count: number, base: number, units: readonly string[], space: string): string {
  let value = count;
  let index = 0;
  while (Math.abs(value) >= base * 0.9995 && index < units.length - 1) {
    value /= base;
    index += 1;
  }
  const digits = index === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${space}${units[index] ?? ""}`;
}

/** `2 h 05 min`, `3 min 20 s`, `14 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  if (minutes > 0) return `${minutes} min ${String(rest).padStart(2, "0")} s`;
  return `${rest} s`;
}

/** A learning rate or loss with four significant digits. */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) {
    return value.toExponential(2).replace("e+", "e");
  }
  return value.toPrecision(digits);
}

/** The shortest form with three significant digits: `3e-3`, `0.25`, `12.5`. */
export function compact(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  return size >= 0.01 && size < 1e6 ? String(rounded) : rounded.toExponential().replace("e+", "e");
}
