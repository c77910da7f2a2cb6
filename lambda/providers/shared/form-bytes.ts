const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** The bytes that a form's name or value stands for, byte by byte; a `%` that begins no escape stands for itself. `text` is latin1. */
export function formBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  let to = 0;
  for (let from = 0; from < bytes.length; from++, to++) {
    const byte = bytes[from] as number;
    const escaped = byte === PERCENT ? hex(bytes[from + 1]) * 16 + hex(bytes[from + 2]) : Number.NaN;
    if (Number.isNaN(escaped)) bytes[to] = byte === PLUS ? SPACE : byte;
    else {
      bytes[to] = escaped;
      from += 2;
    }
  }
  return bytes.subarray(0, to);
}

/** The value of one hex digit, else NaN. */
function hex(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}
