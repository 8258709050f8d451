// What a device keeps: sealed entries it cannot read itself, and the few facts needed to seal more.

const NAME = "tsunagari-outbox";

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("entries", { keyPath: "id" });
      asked.result.createObjectStore("facts");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within(store, mode, act) {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      // strict: on the disk before anybody is told that it is kept
      const doing = database.transaction(store, mode, { durability: "strict" });
      const asked = act(doing.objectStore(store));
      doing.oncomplete = () => done(asked?.result);
      doing.onerror = doing.onabort = () => failed(doing.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (entry) => within("entries", "readwrite", (store) => void store.put(entry));
export const drop = (ids) => within("entries", "readwrite", (store) => ids.forEach((id) => store.delete(id)));
export const entries = () => within("entries", "readonly", (store) => store.getAll());
export const count = () => within("entries", "readonly", (store) => store.count());
export const know = (name, value) => within("facts", "readwrite", (store) => void store.put(value, name));
export const known = (name) => within("facts", "readonly", (store) => store.get(name));
export const forget = (name) => within("facts", "readwrite", (store) => void store.delete(name));

export function remove() {
  return new Promise((done) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
}
