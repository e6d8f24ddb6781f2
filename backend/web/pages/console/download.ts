// A file that the server makes, for whoever is signed in: read like any answer, then kept.
import { ask } from "@/kit/client";

export async function keep(asked: Promise<{ data?: Blob | File; error?: unknown; response?: Response }>, name: string): Promise<void> {
  const address = URL.createObjectURL(await ask(asked));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
