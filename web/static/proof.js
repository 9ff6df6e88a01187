// Works out in the reader's own browser that an event stands in the signed log (docs/audit.md,
// "Checking one event by hand"), and shows each step. It trusts nothing that the server says of it.

const place = document.getElementById("proof");
const text = place.dataset;
const encoder = new TextEncoder();

const hash = async (...parts) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const bytes = (value) => encoder.encode(value);
const hex = (value) => [...value].map((one) => one.toString(16).padStart(2, "0")).join("");

function unhex(value) {
  if (!/^([0-9a-f]{2})*$/u.test(value)) throw new Error("no hex");
  return Uint8Array.from(value.match(/../gu) ?? [], (pair) => parseInt(pair, 16));
}

const id = (value) => unhex(value.replaceAll("-", ""));
const base64 = (value) => Uint8Array.from(atob(value), (sign) => sign.charCodeAt(0));
const same = (one, other) => hex(one) === hex(other);

function number(value, width) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt(value));
  return new Uint8Array(view.buffer).slice(8 - width);
}

/** Each step gives whether it holds, and what there is to see of it. */
const STEPS = {
  async chain({ entry, chain, event_id: named }) {
    const found = await hash(
      bytes(chain.tag), id(entry.tenant), id(entry.stream), number(entry.version, 8),
      number(chain.recorded_us, 8), unhex(chain.previous),
      await hash(bytes(chain.header)), unhex(chain.body_sha256),
    );
    const says = JSON.parse(chain.header);
    // What this page is about has to be what was hashed.
    const own = says.event_id === text.event && named === text.event && entry.event_id === text.event;
    return [own && hex(found) === entry.event_hash && entry.event_hash === text.hash,
      { [text.computed]: hex(found), [text.expected]: text.hash }];
  },
  async entry({ entry }) {
    const found = joined([
      bytes(entry.tag), id(entry.tenant), id(entry.stream), number(entry.version, 8),
      id(entry.event_id), id(entry.command_id), number(entry.place, 2),
      number(entry.stored_us, 8), unhex(entry.event_hash), await hash(bytes(entry.about)),
      unhex(entry.given_sha256),
    ]);
    return [hex(found) === entry.bytes, { [text.computed]: hex(found), [text.expected]: entry.bytes }];
  },
  async leaf({ entry, leaf_hash: leaf }) {
    const found = hex(await hash(Uint8Array.of(0), unhex(entry.bytes)));
    return [found === leaf, { [text.computed]: found, [text.expected]: leaf }];
  },
  async path({ entry, index, tree_size: size, path, root }) {
    // RFC 9162 2.1.3.2
    let at = index;
    let last = size - 1;
    let here = await hash(Uint8Array.of(0), unhex(entry.bytes));
    let sound = Number.isSafeInteger(index) && index >= 0 && index < size;
    const shown = {};
    for (const [nth, beside] of path.entries()) {
      const other = unhex(beside);
      sound = sound && other.length === 32 && last > 0;
      if (at % 2 === 1 || at === last) {
        here = await hash(Uint8Array.of(1), other, here);
        while (at % 2 === 0 && at > 0) {
          at /= 2;
          last = Math.floor(last / 2);
        }
      } else {
        here = await hash(Uint8Array.of(1), here, other);
      }
      at = Math.floor(at / 2);
      last = Math.floor(last / 2);
      shown[`${nth + 1}. ${text.beside}`] = beside;
    }
    shown[text.computed] = hex(here);
    shown[text.expected] = root;
    return [sound && last === 0 && hex(here) === root, shown];
  },
  async root({ root, tree_size: size, checkpoint }) {
    const [, count, top] = checkpoint.note.split("\n");
    const found = hex(base64(top));
    return [found === root && count === String(size), { [text.computed]: root, [text.expected]: found }];
  },
  async signature({ checkpoint, keys }) {
    if (!keys.length) return [null, {}, text.nokey];
    const end = checkpoint.note.indexOf("\n\n");
    const signed = bytes(checkpoint.note.slice(0, end + 1));
    const origin = checkpoint.note.split("\n", 1)[0];
    let possible = true;
    for (const line of checkpoint.note.slice(end + 2).split("\n")) {
      const [, name, encoded] = line.split(" ");
      if (name !== origin || !encoded) continue;
      const raw = base64(encoded);
      for (const key of keys) {
        const [whose, , ...rest] = key.split("+");
        const wrapped = base64(rest.join("+"));
        const known = (await hash(bytes(`${whose}\n`), wrapped)).slice(0, 4);
        if (whose !== name || wrapped[0] !== 1 || !same(known, raw.slice(0, 4))) continue;
        let imported;
        try {
          imported = await crypto.subtle.importKey("raw", wrapped.slice(1), "Ed25519", false, ["verify"]);
        } catch {
          possible = false;
          continue;
        }
        if (await crypto.subtle.verify("Ed25519", imported, raw.slice(4), signed)) {
          return [true, { [text.computed]: key }];
        }
      }
    }
    return possible ? [false, {}] : [null, {}, text.nosignature];
  },
};

function show(name, held, seen, why) {
  const step = document.getElementById(`step-${name}`);
  const outcome = held === null ? "unknown" : held ? "yes" : "no";
  step.className = outcome;
  step.querySelector(".mark-of").textContent = text[outcome];
  step.querySelector("details, .why")?.remove();
  if (why) {
    const said = document.createElement("p");
    said.className = "quiet why";
    said.textContent = why;
    step.append(said);
  }
  const entries = Object.entries(seen);
  if (!entries.length) return;
  const more = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = text.parts;
  const list = document.createElement("dl");
  for (const [label, value] of entries) {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    const code = document.createElement("code");
    term.textContent = label;
    code.className = "hash";
    code.textContent = value;
    said.append(code);
    row.append(term, said);
    list.append(row);
  }
  more.append(summary, list);
  step.append(more);
}

function conclude(kind, words) {
  const verdict = document.getElementById("verdict");
  verdict.className = `verdict ${kind}`;
  verdict.textContent = words;
  place.dataset.result = kind;
}

async function work() {
  const lead = document.getElementById("lead");
  lead.textContent = lead.dataset.browser;
  document.getElementById("by").textContent = text.by;
  conclude("unchecked", text.busy);
  delete place.dataset.result;
  const answer = await fetch(text.proof);
  if (!answer.ok) throw new Error(String(answer.status));
  const proof = await answer.json();
  const outcomes = [];
  for (const [name, step] of Object.entries(STEPS)) {
    let found;
    try {
      found = await step(proof);
    } catch {
      // What cannot be read is not what was signed.
      found = [false, {}];
    }
    show(name, ...found);
    outcomes.push(found[0]);
  }
  if (outcomes.includes(false)) conclude("wrong", text.bad);
  else if (outcomes.includes(null)) conclude("unchecked", text.unsure);
  else conclude("allowed", text.good);
}

work().catch(() => {
  for (const name of Object.keys(STEPS)) show(name, null, {});
  conclude("unchecked", text.failed);
});
