// Seals an entry to the server's public key: this device can write it and never read it again.

const P256 = { name: "ECDH", namedCurve: "P-256" };
const INFO = "tsunagari outbox 1";
const utf8 = new TextEncoder();

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

function text(buffer) {
  const chars = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(chars.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export async function seal(key, owner, id, words) {
  const server = await crypto.subtle.importKey("raw", bytes(key.point), P256, false, []);
  const own = await crypto.subtle.generateKey(P256, false, ["deriveBits"]);
  const agreed = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, own.privateKey, 256);
  const epk = await crypto.subtle.exportKey("raw", own.publicKey);
  const stretched = { name: "HKDF", hash: "SHA-256", salt: epk, info: utf8.encode(INFO) };
  const secret = await crypto.subtle.importKey("raw", agreed, "HKDF", false, ["deriveKey"]);
  const once = await crypto.subtle.deriveKey(stretched, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const about = { name: "AES-GCM", iv, additionalData: utf8.encode(`${id}|${owner}`) };
  const sealed = await crypto.subtle.encrypt(about, once, utf8.encode(JSON.stringify(words)));
  return { id, owner, key: key.name, epk: text(epk), iv: text(iv), ct: text(sealed), at: Date.now() };
}
