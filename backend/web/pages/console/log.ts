// The log of a district is public, in the format of all such logs: a few lines of text, with who signed them.

export interface Signature {
  name: string;
  /** When a witness signed; the log's own signature has no time. */
  at: Date | null;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: string;
  signatures: Signature[];
}

/** Read the newest checkpoint of a district; nothing where its book has no entry yet. */
export async function newestCheckpoint(district: string): Promise<Checkpoint | null> {
  const note = await text(`/log/${district}/checkpoint`);
  return note === null ? null : checkpointOf(note);
}

export const keysOf = async (district: string): Promise<string[]> => ((await text(`/log/${district}/key`)) ?? "").split("\n").filter(Boolean);

async function text(path: string): Promise<string | null> {
  const answer = await fetch(path, { cache: "no-cache" }); // who looks after the log sees a signature at once
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

function checkpointOf(note: string): Checkpoint {
  const [body = "", signed = ""] = note.split("\n\n");
  const [origin = "", size = "0", root = ""] = body.split("\n");
  return { origin, size: Number(size), root, signatures: signed.split("\n").filter((line) => line.startsWith("— ")).map(signatureOf) };
}

// "— name base64": four bytes that name the key, then for a witness eight bytes of time, then the signature.
const COSIGNED = 4 + 8 + 64;
function signatureOf(line: string): Signature {
  const [, name = "", encoded = ""] = line.split(" ");
  const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
  if (bytes.length !== COSIGNED) return { name, at: null };
  return { name, at: new Date(Number(new DataView(bytes.buffer).getBigUint64(4)) * 1000) };
}
