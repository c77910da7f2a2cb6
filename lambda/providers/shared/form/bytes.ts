const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** The bytes that a form's name or value stands for, byte by byte; a `%` that begins no escape stands for itself. `text` is latin1. */
export function formBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  let to = 0;
  for (let from = 0; from < bytes.length; from++, to++) {
    const byte = bytes[from] as number;
    const high = byte === PERCENT ? hex(bytes[from + 1]) : NONE;
    const low = byte === PERCENT ? hex(bytes[from + 2]) : NONE;
    if (high === NONE || low === NONE) bytes[to] = byte === PLUS ? SPACE : byte;
    else {
      bytes[to] = high * 16 + low;
      from += 2;
    }
  }
  return bytes.subarray(0, to);
}

const NONE = -1;

/** The value of one hex digit. */
function hex(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NONE;
}
