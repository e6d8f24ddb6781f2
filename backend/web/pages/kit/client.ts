// How a page calls the API: the generated functions, through one door that knows sessions, languages and refusals.
import type { ProblemOut } from "@/api";
import { client } from "@/api/client.gen";
import { patience } from "./online";
import { renew, sessionName } from "./session";
import { language } from "./words";

/** What the server refused, in its own sentence. */
export class Refusal extends Error {
  constructor(
    readonly problem: ProblemOut,
    readonly status: number,
  ) {
    super(problem.detail);
  }
  get code(): string {
    return this.problem.code;
  }
  /** Whether sending the same again would be refused again. */
  get isFinal(): boolean {
    return this.status < 500 && this.status !== 429 && this.code !== "idempotency_key_in_flight";
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}

async function throughTheDoor(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const asked = new Request(input, { ...init, signal: patience() });
  asked.headers.set("Lv-Session", sessionName());
  asked.headers.set("Accept-Language", language.value);
  const again = asked.clone();
  await renew();
  const answer = await fetch(asked);
  if (answer.status !== 401 || !(await isSignedOut(answer)) || !(await renew(true))) return answer;
  return fetch(again);
}

async function isSignedOut(answer: Response): Promise<boolean> {
  const problem = await answer.clone().json();
  return problem.code === "not_signed_in";
}

client.setConfig({ baseUrl: "", fetch: throughTheDoor });

type Asked<T> = Promise<{ data?: T; error?: unknown; response?: Response }>;

/** Ask, and get the answer or an error that can be shown: `await ask(pickupsShow({ path: { pickup_id } }))`. */
export async function ask<T>(asked: Asked<T>): Promise<T> {
  return (await askTagged(asked)).found;
}

export interface Tagged<T> {
  found: T;
  /** What whoever changes it sends back as `If-Match`, so that nobody changes what they have not seen. */
  tag: string;
}

/** Ask for what can be edited or decided on. */
export async function askTagged<T>(asked: Asked<T>): Promise<Tagged<T>> {
  let answer: Awaited<Asked<T>>;
  try {
    answer = await asked;
  } catch {
    throw new Unreachable();
  }
  const { data, error, response } = answer;
  if (response?.ok) return { found: data as T, tag: response.headers.get("ETag") ?? "" };
  if (response && isProblem(error)) throw new Refusal(error, response.status);
  throw new Unreachable();
}

function isProblem(error: unknown): error is ProblemOut {
  return typeof error === "object" && error !== null && "code" in error && "detail" in error;
}

/** A key for one intended effect: made when the person taps, kept until there is an answer. */
export const newKey = (): string => crypto.randomUUID();
