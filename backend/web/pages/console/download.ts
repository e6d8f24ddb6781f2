// A file that the server makes, for whoever is signed in: read like any answer, then kept.
import { ask } from "@/kit/client";

type Asked = Promise<{ data?: unknown; error?: unknown; response?: Response }>;

/** How a list is asked for as a spreadsheet, whole. */
const AS_EXCEL = { headers: { Accept: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }, parseAs: "blob" } as const;

/** A list that also comes as a spreadsheet: `(how) => networkListScales({ query, ...how })`. */
export type Spreadsheet = (how: typeof AS_EXCEL) => Asked;

export async function keep(asked: Asked, name: string): Promise<void> {
  const address = URL.createObjectURL((await ask(asked)) as Blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Keep a whole list as a spreadsheet, under the name that the server gives it. */
export async function keepAsExcel(list: Spreadsheet): Promise<void> {
  const asked = list(AS_EXCEL);
  const { response } = await asked.catch(() => ({ response: undefined }));
  await keep(asked, /filename="(.+)"/.exec(response?.headers.get("Content-Disposition") ?? "")?.[1] ?? "list.xlsx");
}
