"use strict";

// What ledger/verify.py does, in a browser: a receipt or a pair of checkpoints, against keys that are trusted.
// Nothing is fetched and nothing is sent: whoever saves the page can use it without a network, and the residents' pages
// check a receipt with the same lines.

const SENTENCES = {
  file: ["这不是收据，也不是两个检查点：文件读不懂。", "The file is neither a receipt nor a pair of checkpoints."],
  unread: ["文件打不开。", "The file cannot be read."],
  key: ["公钥写法不对：{0}", "This is no key of a log or a witness: {0}"],
  keyless: ["请填入可信的公钥。", "Give a key that you trust."],
  note: ["检查点没有签名，或被改动过。", "The checkpoint is not signed, or was changed."],
  unsigned: ["没有任何一把已给出的公钥为 {0} 签过名。", "No key that was given has signed for {0}."],
  signature: ["{0} 的签名是假的。", "The signature of {0} is false."],
  path: ["证明的路径长度不对。", "The path of the proof is too long or too short."],
  position: ["日志里没有第 {0} 个位置。", "Position {0} is not in the log."],
  entry: [
    "这笔记录推不出已签名的根：记录或证明被改动过。",
    "The entry does not lead to the root that was signed: it or its proof was changed.",
  ],
  logs: ["两个检查点不是同一本日志的。", "The checkpoints are of two logs."],
  shrunk: ["日志变短了：从 {0} 到 {1}。", "The log has shrunk from {0} to {1}."],
  rewritten: ["前 {0} 笔记录被改写过。", "The first {0} entries were rewritten."],
  old: [
    "这个浏览器不支持 Ed25519 签名，请换用新版浏览器。",
    "This browser knows no Ed25519 signatures: take a newer one.",
  ],
  receipt: [
    "这笔记录在 {2} 的 {1} 笔记录中位于第 {0} 位，与已签名的内容一字不差。",
    "This entry stands at position {0} in the {1} of {2}, exactly as it was signed.",
  ],
  pair: [
    "{2} 的前 {0} 笔记录没有变过；它只增长到了 {1} 笔。",
    "The first {0} entries of {2} are what they were; it has only grown to {1}.",
  ],
  witness: ["{0} 也见证了这本日志，时间 {1}。", "{0} has seen that log too, at {1}."],
};

const HASH_BYTES = 32;
const MOST_SIGNATURES = 100;
const [DEEPEST, MOST_DIGITS, LARGEST_FILE] = [100, 4096, 1 << 20];

class Unproven extends Error {
  constructor(why, ...facts) {
    super(why);
    this.facts = facts;
  }
}

function demand(holds, why, ...facts) {
  if (!holds) throw new Unproven(why, ...facts);
}

function readText(bytes) {
  demand(bytes.length <= LARGEST_FILE, "file");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Unproven("file");
  }
}

// JSON that reads in one way only: each name stands once, each number is whole, each text is text.
function readJson(text) {
  let at = 0;
  const token = /[ \t\n\r]*(?:([{}[\],:])|(-?(?:0|[1-9][0-9]*))(?![0-9.eE])|("(?:[^"\\\u0000-\u001f]|\\.)*")|(true|false|null))/y;
  function next() {
    token.lastIndex = at;
    const found = token.exec(text);
    demand(found, "file");
    at = token.lastIndex;
    return found;
  }
  function peek(mark) {
    const before = at;
    if (next()[1] === mark) return true;
    at = before;
    return false;
  }
  function items(end, read) {
    if (peek(end)) return;
    for (;;) {
      read();
      const mark = next()[1];
      if (mark === end) return;
      demand(mark === ",", "file");
    }
  }
  function value(depth) {
    demand(depth < DEEPEST, "file");
    const [, mark, number, string, word] = next();
    if (number) {
      demand(number.length <= MOST_DIGITS, "file");
      return BigInt(number);
    }
    if (string) return unquote(string);
    if (word) return JSON.parse(word);
    if (mark === "[") {
      const list = [];
      items("]", () => list.push(value(depth + 1)));
      return list;
    }
    demand(mark === "{", "file");
    const object = new Map();
    items("}", () => {
      const name = next()[3];
      demand(name && next()[1] === ":", "file");
      demand(!object.has(unquote(name)), "file");
      object.set(unquote(name), value(depth + 1));
    });
    return object;
  }
  const read = value(0);
  demand(/^[ \t\n\r]*$/.test(text.slice(at)), "file");
  return read;
}

function unquote(string) {
  let read;
  try {
    read = JSON.parse(string);
  } catch {
    throw new Unproven("file");
  }
  demand(read.isWellFormed(), "file");
  return read;
}

// Bytes.

const utf8 = (text) => new TextEncoder().encode(text);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));

function join(parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function order(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    if (one[at] !== other[at]) return one[at] - other[at];
  }
  return one.length - other.length;
}

// Base64 in its one spelling.
function unbase64(text, why, ...facts) {
  let decoded;
  try {
    decoded = atob(text);
  } catch {
    throw new Unproven(why, ...facts);
  }
  demand(btoa(decoded) === text, why, ...facts);
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}

// One meaning, one spelling: a tag, the length of what follows in four bytes, and that many bytes.
function spell(value) {
  const [tag, content] = tagged(value);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, content.length);
  return join([utf8(tag), length, content]);
}

function tagged(value) {
  if (value === null) return ["n", utf8("")];
  if (typeof value === "boolean") return [value ? "t" : "f", utf8("")];
  if (typeof value === "bigint") return ["i", utf8(value.toString())];
  if (typeof value === "string") return ["s", utf8(value)];
  if (Array.isArray(value)) return ["l", join(value.map(spell))];
  const names = [...value.keys()].sort((one, other) => order(utf8(one), utf8(other)));
  return ["d", join(names.flatMap((name) => [spell(name), spell(value.get(name))]))];
}

// The tree of RFC 6962.

const leafHash = (leaf) => sha256(Uint8Array.of(0), leaf);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

function leftHalf(size) {
  let half = 1n;
  while (half * 2n < size) half *= 2n;
  return half;
}

async function rootByPath(leaf, index, size, path) {
  if (size === 1n) {
    demand(path.length === 0, "path");
    return leaf;
  }
  demand(path.length > 0, "path");
  const [below, neighbour, left] = [path.slice(0, -1), path[path.length - 1], leftHalf(size)];
  return index < left
    ? nodeHash(await rootByPath(leaf, index, left, below), neighbour)
    : nodeHash(neighbour, await rootByPath(leaf, index - left, size - left, below));
}

async function rootsByPath(root, before, after, path) {
  if (before === after) {
    const all = root ? [...path, root] : path;
    demand(all.length === 1, "path");
    return [all[0], all[0]];
  }
  demand(path.length > 0, "path");
  const [below, neighbour, left] = [path.slice(0, -1), path[path.length - 1], leftHalf(after)];
  if (before <= left) {
    const [small, large] = await rootsByPath(root, before, left, below);
    return [small, await nodeHash(large, neighbour)];
  }
  const [small, large] = await rootsByPath(null, before - left, after - left, below);
  return [await nodeHash(neighbour, small), await nodeHash(neighbour, large)];
}

// Hashes have their full length: of others, one path could mean two.
function readPath(lines) {
  const path = lines.map((line) => unbase64(typeof line === "string" ? line : "", "file"));
  demand(path.every((hash) => hash.length === HASH_BYTES), "file");
  return path;
}

// Signed notes.

const isName = (text) => /^[^\p{White_Space}+]+$/u.test(text);

async function readKey(line) {
  const [name, id, ...rest] = line.split("+");
  demand(isName(name) && id && rest.length, "key", line);
  const material = unbase64(rest.join("+"), "key", line);
  demand(material.length === 33 && [1, 4].includes(material[0]), "key", line);
  const own = (await sha256(utf8(`${name}\n`), material)).slice(0, 4);
  const hex = [...own].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  demand(hex === id, "key", line);
  return { name, id: own, witness: material[0] === 4, public: material.slice(1) };
}

async function isSigned(key, text, signature) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
  } catch {
    throw new Unproven("old");
  }
  return crypto.subtle.verify("Ed25519", imported, signature, text);
}

async function openCheckpoint(note, keys) {
  const end = note.lastIndexOf("\n\n");
  demand(end > 0 && note.endsWith("\n") && !/[\u0000-\u0009\u000b-\u001f]/.test(note), "note");
  const text = note.slice(0, end + 1);
  const [origin, size, root, ...more] = text.split("\n");
  demand(origin && /^(0|[1-9][0-9]{0,18})$/.test(size) && more.length === 1 && more[0] === "", "note");
  const checkpoint = { origin, size: BigInt(size), root: unbase64(root, "note") };
  demand(checkpoint.root.length === HASH_BYTES, "note");
  const [lines, witnessed] = [note.slice(end + 2, -1).split("\n"), new Map()];
  demand(lines.length <= MOST_SIGNATURES, "note");
  let signed = false;
  for (const { name, bytes } of lines.map(readSignature)) {
    for (const key of keys) {
      if (key.name !== name || !same(key.id, bytes.slice(0, 4))) continue;
      let [words, value] = [utf8(text), bytes.slice(4)];
      if (key.witness) {
        demand(value.length === 72, "signature", name);
        const seconds = new DataView(value.buffer).getBigUint64(0);
        demand(seconds < 253402300800n, "signature", name);
        words = join([utf8(`cosignature/v1\ntime ${seconds}\n`), words]);
        value = value.slice(8);
        witnessed.set(name, new Date(Number(seconds) * 1000).toISOString());
      }
      demand(await isSigned(key, words, value), "signature", name);
      signed ||= !key.witness && name === origin;
    }
  }
  demand(signed, "unsigned", origin);
  return { ...checkpoint, witnessed: [...witnessed] };
}

function readSignature(line) {
  const [dash, name, signature, ...others] = line.split(" ");
  demand(dash === "—" && isName(name ?? "") && signature && !others.length, "note");
  const bytes = unbase64(signature, "note");
  demand(bytes.length > 4, "note");
  return { name, bytes };
}

// What is handed out.

async function checkReceipt(receipt, keys) {
  const [entry, proof] = [receipt.get("entry"), receipt.get("proof")];
  demand(entry instanceof Map && typeof proof === "string" && typeof receipt.get("salt") === "string", "file");
  const salt = unbase64(receipt.get("salt"), "file");
  const end = proof.indexOf("\n\n");
  const [format, position, ...path] = proof.slice(0, Math.max(end, 0)).split("\n");
  const found = /^index (0|[1-9][0-9]{0,18})$/.exec(position || "");
  demand(salt.length === 32 && format === "c2sp.org/tlog-proof@v1" && found, "file");
  const hashes = readPath(path);
  const checkpoint = await openCheckpoint(proof.slice(end + 2), keys);
  const index = BigInt(found[1]);
  demand(index < checkpoint.size, "position", index);
  const leaf = await leafHash(await sha256(salt, Uint8Array.of(1), spell(entry)));
  const reached = await rootByPath(leaf, index, checkpoint.size, hashes);
  demand(same(reached, checkpoint.root), "entry");
  return { checkpoint, why: "receipt", facts: [index, checkpoint.size, checkpoint.origin], entry };
}

async function checkPair(pair, keys) {
  const [old, now, path] = [pair.get("old"), pair.get("new"), pair.get("path")];
  demand(typeof old === "string" && typeof now === "string" && Array.isArray(path), "file");
  const hashes = readPath(path);
  const [before, after] = [await openCheckpoint(old, keys), await openCheckpoint(now, keys)];
  demand(before.origin === after.origin, "logs");
  demand(before.size <= after.size, "shrunk", before.size, after.size);
  const empty = await sha256();
  for (const one of [before, after]) demand(one.size > 0n || same(one.root, empty), "rewritten", one.size);
  if (before.size > 0n) {
    const [small, large] = await rootsByPath(before.root, before.size, after.size, hashes);
    demand(same(small, before.root) && same(large, after.root), "rewritten", before.size);
  } else demand(hashes.length === 0, "path");
  return { checkpoint: after, why: "pair", facts: [before.size, after.size, after.origin] };
}

async function check(bytes, lines) {
  demand(globalThis.crypto?.subtle && String.prototype.isWellFormed, "old");
  const written = lines.split("\n").map((line) => line.trim()).filter(Boolean);
  demand(written.length, "keyless");
  const keys = await Promise.all(written.map(readKey));
  const document = readJson(readText(bytes));
  demand(document instanceof Map, "file");
  return document.has("old") ? checkPair(document, keys) : checkReceipt(document, keys);
}

// Which sentence, with which facts, in Chinese (0) or English (1).
function say(why, facts, language) {
  return SENTENCES[why][language].replace(/\{(\d)\}/g, (_, number) => String(facts[number]));
}
