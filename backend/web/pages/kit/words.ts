// Every sentence of the pages stands in a catalogue; here is how one is chosen and said.
import { ref, shallowReactive } from "vue";
import type common from "./words/zh-CN.json";

export type Language = "zh-CN" | "en";
export type Catalogue = Record<string, string>;
type Catalogues = Record<Language, () => Promise<{ default: Catalogue }>>;

const KEPT = "lv.language";
const known: Catalogues[] = [{ "zh-CN": () => import("./words/zh-CN.json"), en: () => import("./words/en.json") }];
const sentences = shallowReactive<Catalogue>({});

export const language = ref<Language>(kept() ?? preferred());

function kept(): Language | null {
  const found = localStorage.getItem(KEPT);
  return found === "zh-CN" || found === "en" ? found : null;
}

function preferred(): Language {
  const tag = navigator.languages.find((each) => /^(zh|en)\b/i.test(each));
  return tag && /^en/i.test(tag) ? "en" : "zh-CN";
}

/** Load an app's catalogue beside the common one, in the language that is chosen. */
export async function useCatalogue(own: Catalogues): Promise<void> {
  known.push(own);
  await speak(language.value);
}

/** Say everything in another language from now on. */
export async function speak(chosen: Language): Promise<void> {
  const loaded = await Promise.all(known.map((each) => each[chosen]()));
  Object.assign(sentences, ...loaded.map((each) => each.default));
  language.value = chosen;
  localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen;
}

type Facts = Record<string, string | number>;

/** Fill a sentence: `{name}` is a fact; of `one|many`, the number `n` chooses. */
function say(key: string, facts: Facts = {}): string {
  const [one, many] = (sentences[key] ?? key).split("|");
  const sentence = many === undefined || facts.n === 1 ? one! : many;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}

/** Say a sentence of the common catalogue, or of an app's: `export const t = translator<keyof typeof own>()`. */
export const translator =
  <Own extends string>() =>
  (key: Own | keyof typeof common, facts?: Facts): string =>
    say(key, facts);

export const t = translator<never>();

/** Whether a catalogue has a word for what the server calls so. */
export const isKnown = (kind: string, word: string): boolean => `${kind}.${word}` in sentences;

/** Say what the server calls by a word of its own; a word that no catalogue knows is shown as it is. */
export function term(kind: string, word: string): string {
  return sentences[`${kind}.${word}`] ?? word;
}

/** Choose the name, title, hint… of a thing in the language that is chosen. */
export function inLanguage<T extends string>(thing: { [K in `${T}_zh` | `${T}_en`]?: string | null }, what: T): string {
  const zh = thing[`${what}_zh`] ?? "";
  return language.value === "en" ? (thing[`${what}_en`] ?? zh) : zh;
}

/** The language that a text was written in, as far as its letters tell. */
export const languageOf = (text: string): Language => (/\p{Script=Han}/u.test(text) ? "zh-CN" : "en");

export const nameOf = (thing: { name_zh: string; name_en?: string | null }): string => inLanguage(thing, "name");
export const titleOf = (thing: { title_zh: string; title_en?: string | null }): string => inLanguage(thing, "title");
