/** Make a UUIDv7, as the API takes it from a device: the moment comes first, so that ids sort by when they were made. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const moment = Date.now().toString(16).padStart(12, "0");
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const rest = Array.from(bytes.subarray(6), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [moment.slice(0, 8), moment.slice(8), rest.slice(0, 4), rest.slice(4, 8), rest.slice(8)].join("-");
}
